package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Pause;
import dev.backingservice.engine.QuietCounts;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Ends the sessions of logins again and again, until three counts in a row find nobody.
///
/// @param lock since when none of the logins may log in
/// @param besides what else has to be zero
record Severing(Sql sql, List<String> logins, Lock lock, Count besides) {
  private static final long PAUSE_MILLIS = 10;

  /// Ends sessions of logins that may not log in any more; so a stale leader ends nothing. On a
  /// standby nothing can be locked, but sessions can be ended. One statement for all; the right to
  /// signal is a matter of the role, not of the session. In the list of results, never in the
  /// condition: the planner may call what stands there for every session of the server before it
  /// looks whose it is.
  private static final String END =
      """
      SELECT a.pid, pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname = ANY ($1) AND (NOT r.rolcanlogin OR pg_catalog.pg_is_in_recovery())""";

  /// Sessions of a login, of whatever rights.
  private static final String ALL =
      """
      SELECT a.pid FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname = $1""";

  /// Since when nobody may log in.
  enum Lock {
    /// Whoever passed the check just before may have no lock on a database yet, and be seen by
    /// nobody.
    JustNow(Duration.ofMillis(100)),
    /// It was found locked.
    Before(Duration.ZERO);

    private final Duration settling;

    Lock(Duration settling) {
      this.settling = settling;
    }
  }

  /// A number of something.
  @FunctionalInterface
  interface Count {
    int now() throws SQLException;
  }

  Drain until(Duration within) throws SQLException {
    long deadline = System.nanoTime() + within.toNanos();
    var starting = Starting.during(sql, logins, lock.settling);
    var counts = new QuietCounts(lock.settling);
    var ended = new HashSet<Integer>();
    while (true) {
      int beginning = starting.left(); // first: whoever has begun since is ended then
      int sessions = beginning + end(ended);
      int others = besides.now();
      if (counts.found(sessions + others)) return new Drain(ended.size(), 0, 0);
      if (System.nanoTime() > deadline || !counts.pause())
        return new Drain(ended.size(), Math.max(1, sessions + others), others);
    }
  }

  /// @throws EngineException with `SessionsRemain` when some do not end in time
  static void untilNobodyIsLeft(Sql sql, List<String> logins, Lock lock, Duration within)
      throws SQLException, EngineException {
    if (logins.isEmpty() || new Severing(sql, logins, lock, () -> 0).until(within).done()) return;
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
    var starting = Starting.now(sql, List.of(login));
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
      Pause.ofMillis(PAUSE_MILLIS);
    }
  }

  /// @param ended told which processes were told to end; one takes a while
  /// @return how many were there
  private int end(Set<Integer> ended) throws SQLException {
    var seen =
        sql.query(
            END,
            row -> new Told(row.getInt(1), row.getBoolean(2)),
            (Object) logins.toArray(String[]::new));
    seen.stream().filter(Told::ends).map(Told::pid).forEach(ended::add);
    return seen.size();
  }

  private record Told(int pid, boolean ends) {}
}
