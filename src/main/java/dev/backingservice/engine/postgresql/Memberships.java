package dev.backingservice.engine.postgresql;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who is a member of what, and by whose grant.
final class Memberships {
  private static final String IS_MEMBER =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member WHERE g.rolname = $1 AND u.rolname = $2)";
  private static final String CAN_SET = IS_MEMBER.replace(" WHERE ", " WHERE m.set_option AND ");

  private Memberships() {}

  /// Whether memberships have options of their own (16 and newer).
  static boolean modern(Sql sql) throws SQLException {
    return sql.holds("SELECT pg_catalog.current_setting('server_version_num')::int >= 160000");
  }

  /// `GRANT group TO member`, when it is not one already.
  static void grant(Sql sql, String group, String member, String options) throws SQLException {
    boolean modern = modern(sql);
    if (sql.holds(modern && options.contains("SET TRUE") ? CAN_SET : IS_MEMBER, group, member))
      return;
    sql.run(
        "GRANT %s TO %s %s".formatted(Sql.name(group), Sql.name(member), modern ? options : ""));
  }

  /// Revokes every membership but `keep`, each with its grantor: another grantor's grant
  /// survives a plain REVOKE that still reports success. What only its grantor may revoke is
  /// left for [#others] to tell.
  static void narrow(Sql sql, LoginRow row, String keep) throws SQLException {
    if (row.groups().isEmpty() || row.groups().equals(Set.of(keep))) return;
    boolean modern = modern(sql);
    for (var membership : of(sql, row)) {
      if (membership.group().equals(keep) || (modern && !membership.ours())) continue;
      sql.run(
          "REVOKE %s FROM %s".formatted(Sql.name(membership.group()), Sql.name(row.name()))
              + (modern ? " GRANTED BY " + Sql.name(membership.grantor()) : ""));
    }
  }

  /// Whether there is a membership besides `keep` that we may revoke.
  static boolean revocable(Sql sql, LoginRow row, String keep) throws SQLException {
    if (row.groups().isEmpty() || row.groups().equals(Set.of(keep))) return false;
    boolean modern = modern(sql);
    return of(sql, row).stream().anyMatch(m -> !m.group().equals(keep) && (!modern || m.ours()));
  }

  /// Memberships that somebody else granted and that we may not revoke: who may, and how.
  static Optional<String> others(Sql sql, LoginRow row) throws SQLException {
    if (!modern(sql)) return Optional.empty();
    var other = of(sql, row).stream().filter(m -> !m.ours()).findFirst();
    return other.isEmpty() ? Optional.empty() : Optional.of(others(row, other.get()));
  }

  private static String others(LoginRow row, Membership by) throws SQLException {
    var group = Sql.name(by.group());
    return "%s was granted %s by %s: let it REVOKE %s FROM %s"
        .formatted(row.name(), group, Sql.name(by.grantor()), group, Sql.name(row.name()));
  }

  private static List<Membership> of(Sql sql, LoginRow row) throws SQLException {
    return sql.query(
        "SELECT g.rolname, pg_catalog.pg_get_userbyid(m.grantor), pg_catalog.pg_has_role(current_user, m.grantor, 'USAGE') FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = $1::oid",
        r -> new Membership(r.getString(1), r.getString(2), r.getBoolean(3)),
        row.oid());
  }

  private record Membership(String group, String grantor, boolean ours) {}
}
