package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Ends the sessions of logins again and again, until three counts in a row find nobody.
record Severing(Sql sql, List<String> logins, Count besides) {
  private static final int QUIET_COUNTS = 3;
  private static final long PAUSE_MILLIS = 50;

  /// Sessions of logins that may not log in any more; so a stale leader ends nothing. On a
  /// standby nothing can be locked, but sessions can be ended.
  private static final String LOCKED =
      """
      SELECT %s FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname = ANY ($1) AND (NOT r.rolcanlogin OR pg_catalog.pg_is_in_recovery())""";

  /// Sessions of a login, of whatever rights.
  private static final String ALL =
      """
      SELECT a.pid FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname = $1""";

  /// What else has to be zero.
  @FunctionalInterface
  interface Count {
    int now() throws SQLException;
  }

  Drain until(Duration within) throws SQLException {
    long deadline = System.nanoTime() + within.toNanos();
    var starting = new Starting(sql, logins);
    int ended = 0;
    int quiet = 0;
    while (true) {
      int begun = sessions();
      if (begun > 0) ended += end();
      int sessions = begun + starting.left();
      int others = besides.now();
      quiet = sessions == 0 && others == 0 ? quiet + 1 : 0;
      if (quiet == QUIET_COUNTS) return new Drain(ended, 0, 0);
      if (System.nanoTime() > deadline)
        return new Drain(ended, Math.max(1, sessions + others), others);
      pause();
    }
  }

  /// @throws EngineException with `SessionsRemain` when some do not end in time
  static void untilNobodyIsLeft(Sql sql, List<String> logins, Duration within)
      throws SQLException, EngineException {
    if (logins.isEmpty() || new Severing(sql, logins, () -> 0).until(within).done()) return;
    var first = logins.getFirst();
    throw EngineException.of(
        Reason.SessionsRemain,
        logins.size() == 1
            ? "sessions of %s do not end".formatted(first)
            : "sessions of %d logins do not end, those of %s among them"
                .formatted(logins.size(), first));
  }

  /// Ends the sessions that are there now, begun or not, while the login goes on.
  ///
  /// @throws EngineException with `SessionsRemain` when some do not end in time
  static void whatIsThereNow(Sql sql, String login, Duration within)
      throws SQLException, EngineException {
    long deadline = System.nanoTime() + within.toNanos();
    var starting = new Starting(sql, List.of(login));
    var pids = new TreeSet<>(starting.pids());
    pids.addAll(sql.query(ALL, row -> row.getInt(1), login));
    var before = pids.toArray(Integer[]::new);
    var ending =
        ALL.replace("SELECT a.pid", "SELECT pg_catalog.pg_terminate_backend(a.pid)")
            + " AND a.pid = ANY ($2)";
    while (true) {
      int beginning = starting.left(); // first: whoever has begun since is ended then
      boolean none = sql.query(ending, row -> true, login, before).isEmpty();
      if (none && beginning == 0) return;
      if (System.nanoTime() > deadline)
        throw EngineException.of(
            Reason.SessionsRemain,
            "sessions of %s that hold more rights than it has now do not end".formatted(login));
      pause();
    }
  }

  private int sessions() throws SQLException {
    return sql.first(LOCKED.formatted("count(*)"), row -> row.getInt(1), names()).orElse(0);
  }

  private Object names() {
    return logins.toArray(String[]::new);
  }

  /// One statement for all; the right to signal is a matter of the role, not of the session. In
  /// the list of results, never in the condition: the planner may call what stands there for
  /// every session of the server before it looks whose it is.
  private int end() throws SQLException {
    return (int)
        sql
            .query(
                LOCKED.formatted("pg_catalog.pg_terminate_backend(a.pid)"),
                row -> row.getBoolean(1),
                names())
            .stream()
            .filter(ended -> ended)
            .count();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
