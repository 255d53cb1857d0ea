package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Drain;
import dev.backingservice.model.Access;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Ends the sessions of a locked login, and counts until nobody is left. Only the end of the
/// session fences: an open one goes on writing after NOLOGIN, and a transaction with earlier
/// writes still commits after REVOKE.
final class Fence {
  private static final int QUIET_COUNTS = 3;
  private static final long PAUSE_MILLIS = 50;

  /// Sessions of a login that may not log in any more; so a stale leader ends nothing. On a
  /// standby nothing can be locked, but sessions can be ended.
  private static final String SESSIONS =
      """
      SELECT a.pid FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname = $1 AND (NOT r.rolcanlogin OR pg_catalog.pg_is_in_recovery())""";

  private static final String PREPARED =
      "SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE owner = $1 OR (owner = $2 AND database = $3)";

  private final Sql sql;
  private final Claim claim;
  private final String login;

  Fence(Sql sql, Claim claim, String login) {
    this.sql = sql;
    this.claim = claim;
    this.login = login;
  }

  Drain sever(Duration within) throws SQLException {
    long deadline = System.nanoTime() + within.toNanos();
    int ended = 0;
    int quiet = 0;
    while (true) {
      var sessions = sessions();
      if (!sessions.isEmpty()) ended += end(sql, login);
      int prepared = prepared();
      quiet = sessions.isEmpty() && prepared == 0 ? quiet + 1 : 0;
      if (quiet == QUIET_COUNTS) return new Drain(ended, 0, 0);
      if (System.nanoTime() > deadline)
        return new Drain(ended, Math.max(1, sessions.size() + prepared), prepared);
      pause();
    }
  }

  private List<Integer> sessions() throws SQLException {
    return sql.query(SESSIONS, row -> row.getInt(1), login);
  }

  /// One statement for all; the right to signal is a matter of the role, not of the session. In the
  /// list of results, never in the condition: the planner may call what stands there for every
  /// session of the server before it looks whose it is.
  static int end(Sql sql, String login) throws SQLException {
    return (int)
        sql
            .query(
                SESSIONS.replace("SELECT a.pid", "SELECT pg_catalog.pg_terminate_backend(a.pid)"),
                row -> row.getBoolean(1),
                login)
            .stream()
            .filter(ended -> ended)
            .count();
  }

  /// An Owner's prepared transaction belongs to the owner group, and only its owner can finish it.
  int prepared() throws SQLException {
    var group = claim.access() == Access.Owner ? Roles.of(claim.place()).owner() : login;
    return sql.first(PREPARED, row -> row.getInt(1), login, group, claim.place().database())
        .orElse(0);
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
