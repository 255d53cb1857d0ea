package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Marks;
import dev.backingservice.model.Access;
import dev.backingservice.model.Names;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
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

  /// The hex in each name is an HMAC: nobody can look for a database whose groups have the names
  /// of another one's.
  static Roles of(RootKey key, Scope.Schema scope) {
    var slug = Names.slug(scope.database());
    var group = name(key.name("group", scope.database(), scope.joined()), slug);
    return new Roles(
        group + "_owner",
        group + "_rw",
        group + "_ro",
        name(key.name("claim", scope.database()), slug) + "_db");
  }

  /// The roles of a place of ours.
  static Roles of(Marks marks, Place place) {
    return of(marks.key(), Schemas.of(place));
  }

  private static String name(String hex, String slug) {
    return "bs_" + hex.substring(0, 16) + "_" + slug;
  }

  /// The group that a login of this level is a member of.
  String group(Access access) {
    return switch (access) {
      case ReadOnly -> readOnly;
      case ReadWrite -> readWrite;
      case Owner -> owner;
    };
  }

  /// Those that rights are granted to.
  List<String> groups() {
    return List.of(owner, readWrite, readOnly);
  }

  List<String> all() {
    return List.of(owner, readWrite, readOnly, claim);
  }
}
