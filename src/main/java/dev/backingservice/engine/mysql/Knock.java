package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// Proves, from the workload's own session, what the access level promises. Touches no tenant's
/// table.
record Knock(Server server, Credential credential) {
  private static final Duration PROOF = Duration.ofSeconds(5);

  private static final String HELD =
      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ?";

  Entry prove() throws EngineException {
    try {
      var line =
          Connections.login(
              server,
              server.data(),
              attachment().login(),
              credential.password(),
              database(),
              credential.certificate());
      try {
        return proven(line);
      } finally {
        line.attempt().bounds().end();
        line.discard();
      }
    } catch (Connections.Turned e) {
      return turned(e);
    } catch (SQLException e) {
      throw MySqlErrors.running(e, server);
    }
  }

  private Entry proven(JdbcLine line) throws SQLException {
    line.attempt().bounds().begin(PROOF);
    var sql = new Sql(line.connection());
    var refusal = refusal(sql);
    if (refusal.isPresent()) return new Entry.Different(refusal.get());
    int held = sql.one(HELD, row -> row.getInt(1), database());
    return new Entry.LetIn(OptionalInt.of(held), line.attempt().anchor());
  }

  private Attachment attachment() {
    return credential.attachment();
  }

  private String database() {
    return Databases.of(attachment().place());
  }

  private Entry turned(Connections.Turned e) {
    var where = server.name() + " (" + server.data() + ")";
    var said = e.said();
    if (MySqlErrors.crowded(said)) return new Entry.Crowded(noneFree(where, said));
    if (MySqlErrors.fullOfTheLogin(said))
      return new Entry.Full(noneFree(where, said), e.attempt().anchor());
    if (MySqlErrors.notForTheDatabase(said)) return new Entry.Different(lacking());
    var failure =
        new Failure(
            Reason.LoginRefused, where + " refuses the login: " + ConnectFailure.said(said));
    return Dialect.saysLocked(said.getErrorCode())
        ? new Entry.Locked(failure)
        : new Entry.Refused(failure);
  }

  private static Failure noneFree(String where, SQLException said) {
    return new Failure(
        Reason.LoginRefused, where + " has no connection free: " + ConnectFailure.said(said));
  }

  /// Why it is not let in as it shall be.
  private Optional<Failure> refusal(Sql sql) throws SQLException {
    if (!sql.holds("SELECT CURRENT_USER() = ?", attachment().login() + "@%"))
      return Optional.of(
          new Failure(
              Reason.LoginRefused,
              "on %s the login is let in as somebody else: an account of the same name for one host stands before it; drop that"
                  .formatted(server.name())));
    if (attachment().access() != Access.ReadOnly && !writes(sql))
      return Optional.of(
          new Failure(
              Reason.ServerReadOnly,
              server.name() + " is read-only: promote it, or name the primary"));
    var grants = Grants.read(sql, database(), attachment().access());
    return grants.held().equals(Privileges.of(attachment().access()))
        ? Optional.empty()
        : Optional.of(lacking());
  }

  private Failure lacking() {
    return new Failure(
        Reason.PrivilegesIncomplete,
        "on %s the login lacks privileges on database %s: they are granted again"
            .formatted(server.name(), database()));
  }

  /// A transaction that may write begins only where writing is possible.
  private static boolean writes(Sql sql) throws SQLException {
    try {
      sql.run("START TRANSACTION READ WRITE");
      sql.run("ROLLBACK");
      return true;
    } catch (SQLException e) {
      if (!MySqlErrors.readOnly(e)) throw e;
      return false;
    }
  }
}
