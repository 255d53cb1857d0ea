package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;

/// Removes a locked login. What it owns goes to the owner group first; nothing of a tenant is
// dropped.
final class Removal {
  private final Server server;
  private final Transactions transactions;
  private final Logins logins;

  Removal(Server server, Transactions transactions, Logins logins) {
    this.server = server;
    this.transactions = transactions;
    this.logins = logins;
  }

  void drop(Connection connection, Claim claim, Want want) throws EngineException {
    if (absent(connection, want.login())) return;
    handOver(claim, want.login());
    transactions.run(
        connection,
        sql -> {
          if (logins.ours(sql, claim, want.login()).isEmpty()) return;
          sql.run("DROP ROLE " + Sql.name(want.login()));
        },
        "service/" + claim.service());
  }

  private boolean absent(Connection connection, String login) throws EngineException {
    try {
      return logins.find(new Sql(connection), login).isEmpty();
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// Inside the database, where ownership and grants are: objects to the group, grants away.
  private void handOver(Claim claim, String login) throws EngineException {
    try (var connection = Connections.administrator(server, claim.place().database())) {
      connection.setAutoCommit(false);
      var sql = new Sql(connection);
      Groups.member(
          sql,
          login,
          sql.first("SELECT current_user", row -> row.getString(1)).orElseThrow(),
          "WITH INHERIT TRUE, SET TRUE");
      var keeper = Roles.of(claim.place()).owner();
      sql.run("REASSIGN OWNED BY " + Sql.name(login) + " TO " + Sql.name(keeper));
      sql.run("DROP OWNED BY " + Sql.name(login));
      connection.commit();
    } catch (SQLException e) {
      if (!PgErrors.state(e).equals("3D000")) throw PgErrors.running(e, server);
    } catch (EngineException e) {
      if (e.reason() != Reason.DatabaseMissing) throw e;
    }
  }
}
