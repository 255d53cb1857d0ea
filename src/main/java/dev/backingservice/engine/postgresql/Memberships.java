package dev.backingservice.engine.postgresql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Who is a member of what, and by whose grant.
final class Memberships {
  private static final String IS_MEMBER =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member WHERE g.rolname = $1 AND u.rolname = $2)";
  private static final String CAN_SET = IS_MEMBER.replace(" WHERE ", " WHERE m.set_option AND ");

  private static final String ADMINISTERED =
      "SELECT pg_catalog.pg_has_role(current_user, $1, 'MEMBER WITH ADMIN OPTION')";

  private Memberships() {}

  /// `GRANT group TO member`, when it is not one already.
  static void grant(Sql sql, String group, String member, String options) throws SQLException {
    var held = sql.modern() && options.contains("SET TRUE") ? CAN_SET : IS_MEMBER;
    if (!sql.holds(held, group, member)) grantNew(sql, group, member, options);
  }

  /// The same for a member of nothing yet.
  static void grantNew(Sql sql, String group, String member, String options) throws SQLException {
    sql.run(
        "GRANT %s TO %s %s"
            .formatted(Sql.name(group), Sql.name(member), sql.modern() ? options : ""));
  }

  /// Makes the acting role the administrator of a role that it made: from 16 on the server does so,
  /// and what was made before stays without one after an upgrade.
  static void administer(Sql sql, String role) throws SQLException {
    if (sql.modern() || sql.holds(ADMINISTERED, role)) return;
    sql.run("GRANT %s TO CURRENT_USER WITH ADMIN OPTION".formatted(Sql.name(role)));
  }

  /// What a superuser has to run before the acting role may change these roles again; empty when it
  /// may change all of them.
  static Optional<String> repair(Sql sql, List<String> roles) throws SQLException {
    if (!sql.modern()) return Optional.empty();
    var lacking = new ArrayList<String>();
    for (var role : roles) if (!sql.holds(ADMINISTERED, role)) lacking.add(Sql.name(role));
    if (lacking.isEmpty()) return Optional.empty();
    var me = sql.one("SELECT current_user", row -> row.getString(1));
    return Optional.of(
        "the administrator may not change roles of its own, as after an upgrade from version 15 or older: let a superuser run GRANT %s TO %s WITH ADMIN OPTION"
            .formatted(String.join(", ", lacking), Sql.name(me)));
  }

  /// Revokes every membership but `keep`, each with its grantor: another grantor's grant
  /// survives a plain REVOKE that still reports success. What only its grantor may revoke is
  /// left for [#others] to tell.
  static void narrow(Sql sql, List<LoginRow> rows, String keep) throws SQLException {
    var more = rows.stream().filter(r -> more(r, keep)).toList();
    if (more.isEmpty()) return;
    boolean modern = sql.modern();
    var members = new TreeMap<String, String>();
    for (var membership : of(sql, more))
      if (!membership.group().equals(keep) && (!modern || membership.ours()))
        members.merge(
            revoke(membership, modern),
            Sql.name(membership.member()),
            (some, one) -> some + ", " + one);
    for (var revoke : members.entrySet()) sql.run(revoke.getKey().formatted(revoke.getValue()));
  }

  /// For as many members as are put into it: the server reads all grants of the group each time.
  private static String revoke(Membership membership, boolean modern) throws SQLException {
    return "REVOKE %s FROM %%s".formatted(Sql.name(membership.group()))
        + (modern ? " GRANTED BY " + Sql.name(membership.grantor()) : "");
  }

  /// Whether there is a membership in a group besides `keep` that we may revoke. One in a login
  /// is lent by whoever has that login: it is taken away, and ends nobody's session.
  static boolean revocable(Sql sql, LoginRow row, String keep) throws SQLException {
    if (!more(row, keep)) return false;
    boolean modern = sql.modern();
    return of(sql, List.of(row)).stream()
        .anyMatch(m -> !m.group().equals(keep) && !m.lent() && (!modern || m.ours()));
  }

  /// Memberships that somebody else granted and that we may not revoke: who may, and how.
  static Optional<String> others(Sql sql, LoginRow row) throws SQLException {
    if (!sql.modern()) return Optional.empty();
    var other = of(sql, List.of(row)).stream().filter(m -> !m.ours()).findFirst();
    return other.isEmpty() ? Optional.empty() : Optional.of(others(row, other.get()));
  }

  private static String others(LoginRow row, Membership by) throws SQLException {
    var group = Sql.name(by.group());
    return "%s was granted %s by %s: let it REVOKE %s FROM %s"
        .formatted(row.name(), group, Sql.name(by.grantor()), group, Sql.name(row.name()));
  }

  private static boolean more(LoginRow row, String keep) {
    return !row.groups().isEmpty() && !row.groups().equals(Set.of(keep));
  }

  private static List<Membership> of(Sql sql, List<LoginRow> rows) throws SQLException {
    return sql.query(
        "SELECT g.rolname, pg_catalog.pg_get_userbyid(m.grantor), pg_catalog.pg_has_role(current_user, m.grantor, 'USAGE'), u.rolname, g.rolcanlogin FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member WHERE u.rolname = ANY ($1)",
        r ->
            new Membership(
                r.getString(1), r.getString(2), r.getBoolean(3), r.getString(4), r.getBoolean(5)),
        (Object) rows.stream().map(LoginRow::name).toArray(String[]::new));
  }

  /// @param lent whether the group is a login
  private record Membership(
      String group, String grantor, boolean ours, String member, boolean lent) {}
}
