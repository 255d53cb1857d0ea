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
    var kept = handOver(Schemas.of(place).database(), keeper, found.get());
    if (kept.isEmpty()) {
      elsewhere(connection, keeper, found.get());
      kept = needed(connection, want.login());
    }
    if (kept.isPresent()) keep(connection, order, found.get(), kept.get());
    else remove(connection, order, want);
  }

  private void remove(Connection connection, Order order, Want want) throws EngineException {
    transactions.run(
        connection,
        sql -> {
          if (logins.ours(sql, order, want.login()).isEmpty()) return;
          sql.run("DROP ROLE " + Sql.name(want.login()));
        },
        "service/" + order.service());
  }

  /// The server's findings tell of it until somebody drops it.
  private void keep(Connection connection, Order order, LoginRow found, String why)
      throws EngineException {
    LOG.infof("login kept, locked: server=%s login=%s: it %s", server.name(), found.name(), why);
    transactions.run(
        connection,
        sql -> {
          var row = logins.ours(sql, order, found.name());
          if (row.isPresent()) sql.run(logins.kept(row.get(), why));
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

  /// Why it is needed still; empty when nothing depends on it any more.
  private Optional<String> needed(Connection connection, String login) throws EngineException {
    try {
      return Dependencies.left(new Sql(connection), login)
          .map(where -> "is needed by grants or objects in " + ServerText.clean(where));
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
  /// @return why that could not be done, as where a group may not own anything there; empty when it
  ///     was done
  private Optional<String> handOver(String database, String keeper, LoginRow found)
      throws EngineException {
    var login = found.name();
    try (var connection = Connections.inside(server, database)) {
      var sql = new Sql(connection);
      sql.begin();
      sql.run("SET LOCAL lock_timeout = '500ms'");
      var me = sql.one("SELECT current_user", row -> row.getString(1));
      Memberships.grant(sql, login, me, "WITH INHERIT TRUE, SET TRUE");
      if (Dependencies.owns(sql, login)) reassign(sql, login, keeper, me);
      sql.run("DROP OWNED BY " + Sql.name(login));
      sql.commit();
      return Optional.empty();
    } catch (SQLException e) {
      return instead(e, found);
    } catch (EngineException e) {
      if (e.reason() != Reason.DatabaseMissing) throw e;
      return Optional.empty();
    }
  }

  private Optional<String> instead(SQLException e, LoginRow found) throws EngineException {
    var state = PgErrors.state(e);
    if (state.equals("3D000")) return Optional.empty();
    if (TOO_MUCH.contains(state)) return Optional.of("owns more than can be handed over");
    if (!state.equals(PgErrors.INSUFFICIENT_PRIVILEGE) || found.access() == Access.Owner)
      throw PgErrors.running(e, server);
    return Optional.of("owns what nobody of its level may own");
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
