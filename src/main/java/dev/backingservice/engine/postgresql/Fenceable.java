package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Whether a fence could succeed, asked before anything is changed.
record Fenceable(Server server, Marks marks, Attachment attachment) {
  Optional<Failure> refusal(Sql sql) throws SQLException {
    var unadministered = unadministered(sql);
    if (unadministered.isPresent()) return unadministered;
    var signal = signal(sql);
    return signal.isPresent() ? signal : prepared(sql);
  }

  /// From 16 on the privileges of a role allow to end its sessions; before, and always,
  /// pg_signal_backend does. The server looks at the current user.
  static boolean maySignal(Sql sql, String login) throws SQLException {
    return sql.holds(
        "SELECT pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE') OR pg_catalog.pg_has_role(current_user, oid, 'USAGE') FROM pg_catalog.pg_roles WHERE rolname = $1",
        login);
  }

  private Optional<Failure> unadministered(Sql sql) throws SQLException {
    return sql.holds(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)",
            attachment.login())
        ? Memberships.repair(sql, List.of(attachment.login()))
            .map(
                repair ->
                    new Failure(Reason.AdminTooWeak, "on %s %s".formatted(server.name(), repair)))
        : Optional.empty();
  }

  private Optional<Failure> signal(Sql sql) throws SQLException {
    if (maySignal(sql, attachment.login())) return Optional.empty();
    return Optional.of(
        new Failure(
            Reason.AdminTooWeak,
            "the administrator of %s may not end the sessions of %s: GRANT pg_signal_backend TO %s"
                .formatted(
                    server.name(),
                    attachment.login(),
                    Sql.name(sql.one("SELECT current_user", row -> row.getString(1))))));
  }

  /// @throws EngineException with `PreparedTransactions` while some are open
  void refusePrepared(Sql sql) throws SQLException, EngineException {
    var open = prepared(sql);
    if (open.isPresent()) throw EngineException.of(open.get().reason(), open.get().message());
  }

  private Optional<Failure> prepared(Sql sql) throws SQLException {
    int prepared = new Fence(sql, marks, attachment).prepared();
    if (prepared == 0) return Optional.empty();
    var whose =
        attachment.access() == Access.Owner
            ? "of this service, or of another owner of the same schema,"
            : "of this service";
    return Optional.of(
        new Failure(
            Reason.PreparedTransactions,
            "%d prepared transactions %s are open on %s: COMMIT PREPARED or ROLLBACK PREPARED them (see pg_prepared_xacts)"
                .formatted(prepared, whose, server.name())));
  }
}
