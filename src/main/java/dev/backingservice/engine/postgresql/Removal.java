package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Access;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServerText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Removes a locked login. What it owns goes to the group of its own level first: a function that
/// runs as its owner gains nothing by it. Nothing of a tenant is dropped. A login that something
/// in another database depends on stays, locked: nobody may wait for it.
final class Removal {
  private static final Logger LOG = Logger.getLogger(Removal.class);

  /// Out of time, of locks (53200), or of what the server can hold (54000): another try would end
  /// in the same way, and take the locks from everybody else.
  private static final Set<String> TOO_MUCH = Set.of(PgErrors.QUERY_CANCELED, "53200", "54000");

  private final Server server;
  private final Transactions transactions;
  private final Logins logins;

  Removal(Server server, Transactions transactions, Logins logins) {
    this.server = server;
    this.transactions = transactions;
    this.logins = logins;
  }

  void drop(Connection connection, Order order, Want want) throws EngineException {
    var found = found(connection, order, want.login());
    if (found.isEmpty()) return;
    var place = want.attachment().place();
    var keeper = Roles.of(logins.marks(), place).group(found.get().access());
    if (!handOver(Schemas.of(place).database(), keeper, found.get())) return;
    elsewhere(connection, keeper, found.get());
    if (needed(connection, want)) return;
    transactions.run(
        connection,
        sql -> {
          if (logins.ours(sql, order, want.login()).isEmpty()) return;
          sql.run("DROP ROLE " + Sql.name(want.login()));
        },
        "service/" + order.service());
  }

  /// Somebody may have given it rights in other databases: what the administrator may take there,
  /// it takes.
  private void elsewhere(Connection connection, String keeper, LoginRow found)
      throws EngineException {
    for (var database : databases(connection, found.name())) {
      try {
        handOver(database, keeper, found);
      } catch (EngineException e) { // it is another tenant's: nobody waits for it
        LOG.infof(
            "grants elsewhere remain: server=%s login=%s database=%s",
            server.name(), found.name(), ServerText.clean(database));
      }
    }
  }

  private List<String> databases(Connection connection, String login) throws EngineException {
    try {
      return Dependencies.databases(new Sql(connection), login);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private boolean needed(Connection connection, Want want) throws EngineException {
    try {
      var left = Dependencies.left(new Sql(connection), want.login());
      left.ifPresent(
          where ->
              LOG.infof(
                  "login kept, locked: server=%s login=%s: grants or objects in %s depend on it",
                  server.name(), want.login(), ServerText.clean(where)));
      return left.isPresent();
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private Optional<LoginRow> found(Connection connection, Order order, String login)
      throws EngineException {
    try {
      return logins.ours(new Sql(connection), order, login);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// Inside the database, where ownership and grants are: objects to the group, grants away.
  ///
  /// @return whether that could be done: a group that may not own anything there takes nothing
  ///     over
  private boolean handOver(String database, String keeper, LoginRow found) throws EngineException {
    var login = found.name();
    try (var connection = Connections.inside(server, database)) {
      connection.setAutoCommit(false);
      var sql = new Sql(connection);
      sql.run("SET LOCAL lock_timeout = '500ms'");
      var me = sql.one("SELECT current_user", row -> row.getString(1));
      Memberships.grant(sql, login, me, "WITH INHERIT TRUE, SET TRUE");
      if (Dependencies.owns(sql, login)) reassign(sql, login, keeper, me);
      sql.run("DROP OWNED BY " + Sql.name(login));
      connection.commit();
      return true;
    } catch (SQLException e) {
      return instead(e, found);
    } catch (EngineException e) {
      if (e.reason() != Reason.DatabaseMissing) throw e;
      return true;
    }
  }

  private boolean instead(SQLException e, LoginRow found) throws EngineException {
    if (PgErrors.state(e).equals("3D000")) return true;
    if (TOO_MUCH.contains(PgErrors.state(e))) {
      LOG.infof(
          "login kept, locked: server=%s login=%s: it owns more than can be handed over",
          server.name(), found.name());
      return false;
    }
    boolean kept =
        PgErrors.state(e).equals(PgErrors.INSUFFICIENT_PRIVILEGE) && found.access() != Access.Owner;
    if (!kept) throw PgErrors.running(e, server);
    LOG.infof(
        "login kept, locked: server=%s login=%s: nobody of its level may own what it made",
        server.name(), found.name());
    return false;
  }

  /// Needs the privileges of the keeper, for the length of this transaction.
  private static void reassign(Sql sql, String login, String keeper, String me)
      throws SQLException {
    boolean modern = sql.modern();
    var grant = "GRANT %s TO %s".formatted(Sql.name(keeper), Sql.name(me));
    sql.run(modern ? grant + " WITH INHERIT TRUE, SET TRUE" : grant);
    sql.run("REASSIGN OWNED BY " + Sql.name(login) + " TO " + Sql.name(keeper));
    if (modern) sql.run(grant + " WITH INHERIT FALSE");
  }
}
