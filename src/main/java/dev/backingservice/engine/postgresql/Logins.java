package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/// Makes one state true for one login. All of it inside a transaction in the administrator's
/// database.
record Logins(Marks marks, String server) {
  private static final String ATTRIBUTES =
      "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT";

  /// The databases that a role has settings in; empty text for all of them.
  private static final String SET_IN =
      """
      SELECT DISTINCT coalesce(d.datname::text, '') FROM pg_catalog.pg_db_role_setting s
        JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
        LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
       WHERE r.rolname = $1""";

  Optional<LoginRow> find(Sql sql, String login) throws SQLException {
    return all(sql, List.of(login)).stream().findFirst();
  }

  /// Those that exist.
  List<LoginRow> all(Sql sql, Collection<String> names) throws SQLException {
    return sql.query(
        LoginRow.QUERY, row -> LoginRow.read(row, marks), (Object) names.toArray(String[]::new));
  }

  /// The login as it must be for us to touch it; empty where an order for its own meets
  /// another's.
  ///
  /// @throws EngineException with `NameTaken` when a role of that name is not ours, with
  ///     `AdminTooWeak` when the administrator may not change it
  Optional<LoginRow> ours(Sql sql, Order order, String login) throws SQLException, EngineException {
    var found = find(sql, login);
    if (found.isPresent() && found.get().holds(order, marks) == Holds.Foreign)
      throw EngineException.of(
          Reason.NameTaken,
          "on %s the role %s exists and was not made by this operator: rename it"
              .formatted(server, login));
    if (found.isPresent()) refuseUnadministered(sql, login);
    return found.filter(row -> !order.own() || row.uid().equals(order.service().uid()));
  }

  private void refuseUnadministered(Sql sql, String login) throws SQLException, EngineException {
    var repair = Memberships.repair(sql, List.of(login));
    if (repair.isPresent())
      throw EngineException.of(Reason.AdminTooWeak, "on " + server + " " + repair.get());
  }

  /// Lets it log in with this epoch's credential and exactly the rights of its attachment.
  /// Whoever was superseded stays locked: an older credential never works again.
  ///
  /// @return whether it was not there before
  boolean open(Sql sql, Order order, Want want) throws SQLException, EngineException {
    var found = ours(sql, order, want.login());
    var before = found.flatMap(LoginRow::mark);
    if (before.isPresent()) before.get().refuseSuperseded(want);
    var at = want.attachment();
    var login = Sql.name(want.login());
    var verifier = Sql.text(Scram.verifier(want.password(), want.salt()));
    var rest = " CONNECTION LIMIT " + order.limits().connections() + " PASSWORD " + verifier;
    if (found.isEmpty()) sql.run("CREATE ROLE %s %s%s".formatted(login, ATTRIBUTES, rest));
    else change(sql, found.get(), login, rest);
    Memberships.administer(sql, want.login());
    sql.run(comment(want.login(), LoginMark.of(marks, order, at)));
    give(sql, order, at, found);
    return found.isEmpty();
  }

  /// Takes away what it shall not hold any more. Its mark goes on saying what it held.
  void narrow(Sql sql, Order order, Want want) throws SQLException, EngineException {
    var found = ours(sql, order, want.login());
    if (found.isPresent()) give(sql, order, want.attachment(), found);
  }

  private void give(Sql sql, Order order, Attachment at, Optional<LoginRow> found)
      throws SQLException {
    settle(sql, LoginRow.settings(order, at, Roles.of(marks, at.place())), at.login(), found);
    var group = Roles.of(marks, at.place()).group(at.access());
    if (found.isEmpty()) Memberships.grantNew(sql, group, at.login(), options(at.access()));
    else {
      Memberships.narrow(sql, List.of(found.get()), group);
      Memberships.grant(sql, group, at.login(), options(at.access()));
    }
  }

  /// Takes every membership away. A transaction of its own, before the lock: a membership alone
  /// may keep an open session writing.
  void strip(Sql sql, Order order, String login) throws SQLException, EngineException {
    var found = ours(sql, order, login);
    if (found.isPresent()) Memberships.narrow(sql, List.of(found.get()), "");
  }

  /// Nobody logs in with it any more, and its mark says by which epoch it was superseded.
  ///
  /// @return whether somebody could log in with it before
  boolean lock(Sql sql, Order order, String login, long superseding)
      throws SQLException, EngineException {
    var found = ours(sql, order, login);
    if (found.isEmpty()) return false;
    var row = found.get();
    long by = Math.max(row.superseded(), Math.max(superseding, row.epoch()));
    if (!row.locked() || row.superseded() != by) sql.run(List.of(superseded(row, by), shut(row)));
    return !row.locked();
  }

  /// The statement after which nobody logs in with it.
  static String shut(LoginRow row) throws SQLException {
    return "ALTER ROLE " + Sql.name(row.name()) + " NOLOGIN CONNECTION LIMIT 0";
  }

  /// The statement that writes into its mark by which epoch it was superseded.
  String superseded(LoginRow row, long by) throws SQLException {
    return comment(row.name(), row.mark().orElse(LoginMark.NONE).superseded(by));
  }

  /// The statement that writes into its mark why it cannot be dropped.
  String kept(LoginRow row, String why) throws SQLException {
    return comment(row.name(), row.mark().orElse(LoginMark.NONE).kept(why));
  }

  private String comment(String login, LoginMark mark) throws SQLException {
    return "COMMENT ON ROLE %s IS %s"
        .formatted(Sql.name(login), Sql.text(marks.write(login, mark.fields())));
  }

  /// Naming an attribute that need not change fails for an administrator who is no superuser;
  /// what it may not change at all is told afterwards, by what is read back.
  private static void change(Sql sql, LoginRow row, String login, String rest) throws SQLException {
    for (var attribute : row.attributes()) attempt(sql, "ALTER ROLE " + login + " " + attribute);
    var statement = "ALTER ROLE " + login + (row.canLogin() ? "" : " LOGIN") + rest;
    if (row.attributes().isEmpty()) sql.run(statement);
    else attempt(sql, statement);
  }

  private static void attempt(Sql sql, String statement) throws SQLException {
    sql.run("SAVEPOINT attempt");
    try {
      sql.run(statement);
    } catch (SQLException e) {
      if (!PgErrors.state(e).equals(PgErrors.INSUFFICIENT_PRIVILEGE)) throw e;
      sql.run("ROLLBACK TO SAVEPOINT attempt");
    }
  }

  private static String options(Access access) {
    return switch (access) {
      case ReadOnly, ReadWrite -> "WITH INHERIT TRUE, SET FALSE";
      case Owner -> "WITH INHERIT TRUE, SET TRUE";
    };
  }

  /// Exactly our settings: a role may have changed its own.
  private static void settle(Sql sql, Set<String> wanted, String login, Optional<LoginRow> found)
      throws SQLException {
    var seen = found.map(LoginRow::settings).orElse(Set.of());
    if (seen.equals(wanted)) return;
    for (var database : sql.query(SET_IN, row -> row.getString(1), login))
      sql.run("ALTER ROLE " + Sql.name(login) + in(database) + " RESET ALL");
    for (var setting : wanted) {
      var database = setting.substring(0, setting.indexOf(':'));
      var pair = setting.substring(setting.indexOf(':') + 1).split("=", 2);
      var values = new StringJoiner(", ");
      for (var value : pair[1].split(", ")) values.add(Sql.text(value));
      sql.run(
          "ALTER ROLE %s%s SET %s TO %s".formatted(Sql.name(login), in(database), pair[0], values));
    }
  }

  private static String in(String database) throws SQLException {
    return database.isEmpty() ? "" : " IN DATABASE " + Sql.name(database);
  }
}
