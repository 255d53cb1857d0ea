package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.model.Access;
import dev.backingservice.model.Names;
import dev.backingservice.model.Standing.Holds;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One login as the catalog has it.
///
/// @param strong has an attribute that no login of ours has
/// @param groups roles it is a member of
/// @param settings as `database:name=value`; the database is empty for all of them
record LoginRow(
    String name,
    long oid,
    boolean canLogin,
    boolean strong,
    boolean inherits,
    int connections,
    Set<String> groups,
    Set<String> settings,
    Optional<Map<String, String>> mark,
    int sessions) {

  /// Reads logins by name, `$1`.
  static final String QUERY =
      """
      SELECT r.rolname, r.oid, r.rolcanlogin, r.rolinherit, r.rolconnlimit,
             r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls,
             ARRAY(SELECT g.rolname::text FROM pg_catalog.pg_auth_members m
                     JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
             ARRAY(SELECT coalesce(d.datname::text, '') || ':' || c
                     FROM pg_catalog.pg_db_role_setting s
                     LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
                          pg_catalog.unnest(s.setconfig) c WHERE s.setrole = r.oid),
             pg_catalog.shobj_description(r.oid, 'pg_authid'),
             (SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.usesysid = r.oid)
        FROM pg_catalog.pg_roles r WHERE r.rolname = ANY ($1)""";

  static LoginRow read(ResultSet row, Marks marks) throws SQLException {
    var name = row.getString(1);
    return new LoginRow(
        name,
        row.getLong(2),
        row.getBoolean(3),
        row.getBoolean(6),
        row.getBoolean(4),
        row.getInt(5),
        texts(row.getArray(7)),
        texts(row.getArray(8)),
        marks.read(name, row.getString(9)),
        row.getInt(10));
  }

  /// The settings that a login of this claim has, and no others.
  static Set<String> settings(Claim claim) {
    var settings = new TreeSet<String>();
    var timeout = claim.limits().statementTimeout();
    if (!timeout.isZero()) settings.add(":statement_timeout=" + timeout.toMillis());
    if (claim.access() == Access.Owner)
      settings.add(claim.place().database() + ":role=" + Roles.of(claim.place()).owner());
    return settings;
  }

  Holds holds(Claim claim, String instance) {
    if (!ours(claim, instance)) return Holds.Foreign;
    if (!canLogin && groups.isEmpty()) return Holds.Locked;
    boolean exact =
        canLogin
            && inherits
            && !strong
            && uid().equals(claim.service().uid())
            && connections == claim.limits().connections()
            && groups.equals(Set.of(Roles.of(claim.place()).group(claim.access())))
            && settings.equals(settings(claim));
    return exact ? Holds.Works : Holds.Differs;
  }

  /// Whether it carries our seal for this service, be it of an earlier object of the same name.
  private boolean ours(Claim claim, String instance) {
    return mark.map(m -> m.get("service"))
        .filter(Names.serviceHash(instance, claim.service())::equals)
        .isPresent();
  }

  String uid() {
    return field("uid").orElse("");
  }

  long epoch() {
    return field("epoch").map(Long::parseLong).orElse(0L);
  }

  private Optional<String> field(String name) {
    return mark.map(m -> m.get(name));
  }

  private static Set<String> texts(@Nullable Array array) throws SQLException {
    return array == null ? Set.of() : new TreeSet<>(List.of((String[]) array.getArray()));
  }
}
