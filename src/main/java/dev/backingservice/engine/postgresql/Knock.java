package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// Proves, from the workload's own session, what the access level promises. Touches no tenant's
/// table.
record Knock(Server server, Marks marks, Credential credential) {
  private static final String HELD =
      "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')";

  private static final Duration PROOF = Duration.ofSeconds(10);

  Entry prove() throws EngineException {
    var scope = Schemas.of(attachment().place());
    try (var opened = new Closing(Connections.workload(server, credential, scope.database()))) {
      opened.attempt().bounds().begin(PROOF);
      var refusal = refusal(new Sql(opened.connection()), scope.schema());
      if (refusal.isPresent()) return new Entry.Different(refusal.get());
      return new Entry.LetIn(
          OptionalInt.of(
              new Sql(opened.connection())
                  .first(HELD, row -> row.getInt(1), scope.schema())
                  .orElse(0)),
          opened.attempt().anchor());
    } catch (Connections.Turned e) {
      return turned(e);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private record Closing(Connections.Opened opened) implements AutoCloseable {
    Connection connection() {
      return opened.connection();
    }

    Attempt attempt() {
      return opened.attempt();
    }

    @Override
    public void close() throws SQLException {
      opened.attempt().bounds().end();
      opened.connection().close();
    }
  }

  private Attachment attachment() {
    return credential.attachment();
  }

  private Entry turned(Connections.Turned e) {
    var where = server.name() + " (" + server.data() + ")";
    return switch (PgErrors.state(e)) {
      case PgErrors.TOO_MANY ->
          new Entry.Full(
              new Failure(
                  Reason.LoginRefused, where + " has no connection free: " + PgErrors.said(e)),
              e.attempt().anchor());
      case PgErrors.NOT_AUTHORIZED -> new Entry.Locked(failure(where, e));
      default -> new Entry.Refused(failure(where, e));
    };
  }

  private static Failure failure(String where, SQLException e) {
    return new Failure(Reason.LoginRefused, where + " refuses the login: " + PgErrors.said(e));
  }

  /// Why it is not let in as it shall be.
  private Optional<Failure> refusal(Sql sql, String schema) throws SQLException {
    var at = attachment();
    var expected = at.access() == Access.Owner ? marks.roles(at.place()).owner() : at.login();
    if (!sql.holds("SELECT session_user = $1 AND current_user = $2", at.login(), expected))
      return refused("is let in as somebody else: connect past the pooler");
    if (sql.holds("SELECT pg_catalog.pg_is_in_recovery()")) {
      if (at.access() != Access.ReadOnly)
        return Optional.of(
            new Failure(
                Reason.ServerReadOnly,
                server.name() + " is a standby: promote it, or name the primary"));
    } else if (at.access() != Access.ReadOnly) write(sql);
    return sql.holds("SELECT pg_catalog.has_schema_privilege(current_user, $1, 'USAGE')", schema)
        ? Optional.empty()
        : refused("may not use its schema");
  }

  /// A transaction id is given out only where writing is possible.
  private static void write(Sql sql) throws SQLException {
    sql.run("BEGIN");
    sql.query("SELECT pg_catalog.pg_current_xact_id()::text", row -> true);
    sql.run("ROLLBACK");
  }

  private Optional<Failure> refused(String why) {
    return Optional.of(
        new Failure(Reason.LoginRefused, "on " + server.name() + " the login " + why));
  }
}
