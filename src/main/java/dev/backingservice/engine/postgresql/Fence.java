package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.Marks;
import dev.backingservice.model.Attachment;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Ends the sessions of a locked login, and counts until nobody is left and nothing is
/// prepared. Only the end of the session fences: an open one goes on writing after NOLOGIN, and
/// a transaction with earlier writes still commits after REVOKE.
record Fence(Sql sql, Marks marks, Attachment at) {
  /// An Owner's prepared transaction belongs to the owner group. Before 16 a member could also
  /// SET ROLE to the group that reads or writes.
  private static final String PREPARED =
      """
      SELECT count(*) FROM pg_catalog.pg_prepared_xacts
       WHERE owner = $1 OR (owner = ANY ($2) AND database = $3)""";

  Drain sever(Duration within) throws SQLException {
    return new Severing(sql, List.of(at.login()), Severing.Lock.JustNow, this::prepared)
        .until(within);
  }

  /// How many prepared transactions are open that this login, or a group it could act as, owns.
  /// Only their owner can finish them.
  int prepared() throws SQLException {
    return sql.first(
            PREPARED,
            row -> row.getInt(1),
            at.login(),
            groups().toArray(String[]::new),
            Schemas.of(at.place()).database())
        .orElse(0);
  }

  private List<String> groups() throws SQLException {
    var roles = Roles.of(marks, at.place());
    boolean modern = sql.modern();
    return switch (at.access()) {
      case ReadOnly -> modern ? List.of() : List.of(roles.readOnly());
      case ReadWrite -> modern ? List.of() : List.of(roles.readOnly(), roles.readWrite());
      case Owner ->
          modern
              ? List.of(roles.owner())
              : List.of(roles.readOnly(), roles.readWrite(), roles.owner());
    };
  }
}
