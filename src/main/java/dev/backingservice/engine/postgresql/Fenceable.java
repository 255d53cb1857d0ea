package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Reason;
import java.sql.SQLException;

/// Whether a fence could succeed, asked before anything is changed.
record Fenceable(Server server, Claim claim, Attachment attachment) {

  void check(Sql sql) throws EngineException {
    try {
      signal(sql);
      prepared(sql);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// From 16 on the privileges of a role allow to end its sessions; before, and always,
  /// pg_signal_backend does.
  private void signal(Sql sql) throws SQLException, EngineException {
    if (sql.holds(
        "SELECT pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE') OR pg_catalog.pg_has_role(session_user, 'pg_signal_backend', 'USAGE') OR pg_catalog.pg_has_role(current_user, oid, 'USAGE') FROM pg_catalog.pg_roles WHERE rolname = $1",
        attachment.login())) return;
    throw EngineException.of(
        Reason.AdminTooWeak,
        "the administrator of %s may not end the sessions of %s: GRANT pg_signal_backend TO %s"
            .formatted(server.name(), attachment.login(), server.adminUser()));
  }

  private void prepared(Sql sql) throws SQLException, EngineException {
    int prepared = new Fence(sql, claim, attachment.login()).prepared();
    if (prepared > 0)
      throw EngineException.of(
          Reason.PreparedTransactions,
          "%d prepared transactions of this service are open on %s: COMMIT PREPARED or ROLLBACK PREPARED them (see pg_prepared_xacts)"
              .formatted(prepared, server.name()));
  }
}
