package dev.backingservice.engine.postgresql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Sessions that were let in and have not begun. `pg_stat_activity` does not say whose they are
/// before that, and with `post_auth_delay` in its start-up packet (manual, "Developer Options") a
/// client chooses how long it lasts. Until then a session holds a lock on its database.
final class Starting {
  private static final String PIDS =
      """
      SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l
       WHERE l.locktype = 'object' AND l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
         AND l.mode = 'RowExclusiveLock' AND l.pid IS NOT NULL
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
                          WHERE a.pid = l.pid AND a.usesysid IS NOT NULL)""";

  /// Far more than a session takes to begin.
  private static final Duration HONEST = Duration.ofMillis(500);

  private final Sql sql;
  private final List<String> logins;

  /// When each of them was seen first.
  private final Map<Integer, Long> seen = new HashMap<>();

  private final long since = System.nanoTime();
  private final Duration coming;

  /// Whether more may come.
  private boolean open;

  private Starting(Sql sql, List<String> logins, Duration coming, boolean open)
      throws SQLException {
    this.sql = sql;
    this.logins = logins;
    this.coming = coming;
    this.open = open;
    add(now());
  }

  /// Those that are starting now.
  ///
  /// @param logins one of which each of them may be
  static Starting now(Sql sql, List<String> logins) throws SQLException {
    return new Starting(sql, logins, Duration.ZERO, false);
  }

  /// The same, and those that hold no lock on a database yet.
  ///
  /// @param coming how long from now on one may come that was let in before
  static Starting during(Sql sql, List<String> logins, Duration coming) throws SQLException {
    return new Starting(sql, logins, coming, true);
  }

  Set<Integer> pids() {
    return Set.copyOf(seen.keySet());
  }

  private Set<Integer> now() throws SQLException {
    return Set.copyOf(sql.query(PIDS, row -> row.getInt(1)));
  }

  /// Ends those that take longer than honest ones do. Those that still may come are added: the last
  /// ones are those that are there when nobody else can come.
  ///
  /// @return how many have neither begun nor ended
  int left() throws SQLException {
    if (!open && seen.isEmpty()) return 0;
    boolean last = System.nanoTime() - since >= coming.toNanos();
    var now = now();
    if (open) add(now);
    if (last) open = false;
    seen.keySet().retainAll(now);
    for (var one : Map.copyOf(seen).entrySet())
      if (System.nanoTime() - one.getValue() > HONEST.toNanos() && !end(one.getKey()))
        seen.remove(one.getKey());
    return seen.size();
  }

  private void add(Set<Integer> pids) {
    long at = System.nanoTime();
    for (int pid : pids) seen.putIfAbsent(pid, at);
  }

  /// @return false for one that is no login of ours: those of superusers may not be ended. Who
  ///     may not end the sessions of a login cannot tell whose it is
  private boolean end(int pid) throws SQLException {
    try {
      sql.holds("SELECT pg_catalog.pg_terminate_backend($1)", pid);
      return true;
    } catch (SQLException e) {
      if (!PgErrors.state(e).equals(PgErrors.INSUFFICIENT_PRIVILEGE)) throw e;
      for (var login : logins) if (!Fenceable.maySignal(sql, login)) return true;
      return false;
    }
  }
}
