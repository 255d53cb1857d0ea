package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Access;
import dev.backingservice.model.Names;
import dev.backingservice.model.Place;
import java.util.List;

/// The group roles of one database and schema, shared by all services on it. Logins get
/// memberships, never grants: grants on one relation to thousands of roles do not fit into its
/// catalog row.
///
/// @param owner owns what Owner logins create
/// @param readWrite inserts, updates, deletes
/// @param readOnly selects
/// @param claim carries, as its mark, the namespace that the database belongs to
record Roles(String owner, String readWrite, String readOnly, String claim) {

  /// What every role of ours is, always named in CREATE; a login adds LOGIN and INHERIT.
  static final String PLAIN =
      "NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT";

  static Roles of(Place place) {
    var group = prefix(Names.digest(place.database(), place.schema()), place);
    return new Roles(
        group + "_owner",
        group + "_rw",
        group + "_ro",
        prefix(Names.digest("database", place.database()), place) + "_db");
  }

  private static String prefix(String digest, Place place) {
    return "bs_" + digest.substring(0, 8) + "_" + Names.slug(place.database());
  }

  /// The group that a login of this level is a member of.
  String group(Access access) {
    return switch (access) {
      case ReadOnly -> readOnly;
      case ReadWrite -> readWrite;
      case Owner -> owner;
    };
  }

  List<String> all() {
    return List.of(owner, readWrite, readOnly, claim);
  }
}
