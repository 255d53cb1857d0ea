package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes one word true for one login. All of it inside a transaction in the administrator's
/// database.
final class Logins {
  private static final String ATTRIBUTES =
      "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT";

  private final Marks marks;

  Logins(Marks marks) {
    this.marks = marks;
  }

  Optional<LoginRow> find(Sql sql, String login) throws SQLException {
    return sql.first(
        LoginRow.QUERY, row -> LoginRow.read(row, marks), (Object) new String[] {login});
  }

  /// The login as it must be for us to touch it.
  ///
  /// @throws EngineException with `NameTaken` when a role of that name is not ours
  Optional<LoginRow> ours(Sql sql, Claim claim, String login) throws SQLException, EngineException {
    var found = find(sql, login);
    if (found.isPresent() && found.get().holds(claim, marks.instance()) == Holds.Foreign)
      throw EngineException.of(
          Reason.NameTaken,
          "on %s the role %s exists and was not made by this operator: rename it"
              .formatted(claim.place().server(), login));
    return found;
  }

  /// Lets it log in with this epoch's credential and exactly the rights of the claim.
  void open(Sql sql, Claim claim, Want want) throws SQLException, EngineException {
    var found = ours(sql, claim, want.login());
    var login = Sql.name(want.login());
    var verifier = Sql.text(Scram.verifier(want.password(), want.salt()));
    sql.run(
        (found.isEmpty() ? "CREATE ROLE %s %s" : "ALTER ROLE %s %s")
                .formatted(login, found.isEmpty() ? ATTRIBUTES : changed(found.get()))
            + " CONNECTION LIMIT "
            + claim.limits().connections()
            + " PASSWORD "
            + verifier);
    sql.run("COMMENT ON ROLE %s IS %s".formatted(login, Sql.text(mark(claim, want))));
    settle(sql, claim, want.login(), found);
    var group = Roles.of(claim.place()).group(claim.access());
    if (found.isPresent()) narrow(sql, found.get(), group);
    Groups.member(sql, group, want.login(), options(claim));
  }

  /// Takes every membership away. A transaction of its own, before the lock: a membership alone
  /// may keep an open session writing.
  void strip(Sql sql, Claim claim, String login) throws SQLException, EngineException {
    var found = ours(sql, claim, login);
    if (found.isPresent()) narrow(sql, found.get(), "");
  }

  /// Nobody logs in with it any more.
  void lock(Sql sql, Claim claim, String login) throws SQLException, EngineException {
    var found = ours(sql, claim, login);
    if (found.isEmpty() || (!found.get().canLogin() && found.get().connections() == 0)) return;
    shut(sql, login);
  }

  void shut(Sql sql, String login) throws SQLException {
    sql.run("ALTER ROLE " + Sql.name(login) + " NOLOGIN CONNECTION LIMIT 0");
  }

  /// Naming an attribute that need not change fails for an administrator who is no superuser.
  private static String changed(LoginRow row) {
    return (row.canLogin() ? "" : "LOGIN ") + (row.inherits() ? "" : "INHERIT");
  }

  private static String options(Claim claim) {
    return switch (claim.access()) {
      case ReadOnly, ReadWrite -> "WITH INHERIT TRUE, SET FALSE";
      case Owner -> "WITH INHERIT TRUE, SET TRUE";
    };
  }

  /// Exactly our settings: a role may have changed its own.
  private static void settle(Sql sql, Claim claim, String login, Optional<LoginRow> found)
      throws SQLException {
    var wanted = LoginRow.settings(claim);
    var seen = found.map(LoginRow::settings).orElse(Set.of());
    if (seen.equals(wanted)) return;
    for (var setting : seen) {
      var database = setting.substring(0, setting.indexOf(':'));
      sql.run("ALTER ROLE " + Sql.name(login) + in(database) + " RESET ALL");
    }
    for (var setting : wanted) {
      var database = setting.substring(0, setting.indexOf(':'));
      var pair = setting.substring(setting.indexOf(':') + 1).split("=", 2);
      sql.run(
          "ALTER ROLE %s%s SET %s TO %s"
              .formatted(Sql.name(login), in(database), pair[0], Sql.text(pair[1])));
    }
  }

  private static String in(String database) throws SQLException {
    return database.isEmpty() ? "" : " IN DATABASE " + Sql.name(database);
  }

  /// Revokes every membership but `keep`, each with its grantor: another grantor's grant
  /// survives a plain REVOKE that still reports success. What only its grantor may revoke is
  /// left for [#others] to tell.
  static void narrow(Sql sql, LoginRow row, String keep) throws SQLException {
    if (row.groups().isEmpty() || row.groups().equals(Set.of(keep))) return;
    boolean modern = Groups.modern(sql);
    for (var membership : memberships(sql, row)) {
      if (membership.group().equals(keep) || (modern && !membership.ours())) continue;
      sql.run(
          "REVOKE %s FROM %s".formatted(Sql.name(membership.group()), Sql.name(row.name()))
              + (modern ? " GRANTED BY " + Sql.name(membership.grantor()) : ""));
    }
  }

  /// Memberships that somebody else granted and that we may not revoke: who may, and how.
  static Optional<String> others(Sql sql, LoginRow row) throws SQLException {
    if (!Groups.modern(sql)) return Optional.empty();
    return memberships(sql, row).stream()
        .filter(m -> !m.ours())
        .map(
            m ->
                "%s was granted %s by %s: let it REVOKE %s FROM %s"
                    .formatted(row.name(), m.group(), m.grantor(), m.group(), row.name()))
        .findFirst();
  }

  private static List<Membership> memberships(Sql sql, LoginRow row) throws SQLException {
    return sql.query(
        "SELECT g.rolname, pg_catalog.pg_get_userbyid(m.grantor), pg_catalog.pg_has_role(current_user, m.grantor, 'USAGE') FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid WHERE m.member = $1::oid",
        r -> new Membership(r.getString(1), r.getString(2), r.getBoolean(3)),
        row.oid());
  }

  private record Membership(String group, String grantor, boolean ours) {}

  private String mark(Claim claim, Want want) {
    return marks.write(
        want.login(),
        Map.of(
            "kind", "login",
            "service", Names.serviceHash(marks.instance(), claim.service()),
            "uid", claim.service().uid(),
            "epoch", Long.toString(want.attachment().epoch())));
  }
}
