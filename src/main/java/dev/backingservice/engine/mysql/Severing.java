package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Pause;
import dev.backingservice.engine.QuietCounts;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Ends the sessions of logins again and again, until three counts in a row find nobody. A lock
/// ends no session, and a session that was let in before it may not have begun: the server looks at
/// the account when it hears the name, and lets the client take its time for the password.
record Severing(Sql sql, List<String> logins) {
  /// Who hangs up by itself just now is not killed.
  private static final long PAUSE_MILLIS = 50;

  /// Far more than a login takes.
  private static final long HONEST_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private static final String SESSIONS = "SELECT id FROM %s WHERE user IN (%s)";

  private static final String ROOM =
      "SELECT @@performance_schema_max_thread_instances < 0 OR @@performance_schema_max_thread_instances >= @@max_connections + 200";

  private static final String SHOWN = "SELECT COUNT(*) > 0 FROM %s WHERE id = CONNECTION_ID()";

  /// Connections that are not logged in yet, or are about to log in as somebody else.
  private static final String NAMELESS =
      "SELECT id FROM %s WHERE user = 'unauthenticated user' OR command = 'Change user'";

  /// Transactions that were prepared and belong to no session: whoever knows the name may commit
  /// them.
  private static final String PREPARED = "XA RECOVER";

  /// @throws EngineException with `AdminTooWeak` where sessions are not shown
  Drain until(Duration within) throws SQLException, EngineException {
    refuseHidden();
    long began = System.nanoTime();
    long deadline = began + within.toNanos();
    var beginning = new HashSet<>(nameless());
    var counts = new QuietCounts(Duration.ZERO);
    var ended = new HashSet<Long>();
    while (true) {
      var sessions = sessions();
      for (var id : sessions) if (end(id)) ended.add(id);
      beginning.retainAll(nameless());
      if (System.nanoTime() - began > HONEST_NANOS) for (var id : beginning) end(id);
      int left = sessions.size() + beginning.size();
      int prepared = prepared(sql);
      if (counts.found(left + prepared)) return new Drain(ended.size(), 0, 0);
      if (System.nanoTime() > deadline || !counts.pause())
        return new Drain(ended.size(), Math.max(1, left + prepared), prepared);
    }
  }

  /// @throws EngineException with `SessionsRemain` when some do not end in time
  void untilNobodyIsLeft(Duration within) throws SQLException, EngineException {
    refuseHidden();
    long began = System.nanoTime();
    var beginning = new HashSet<>(nameless());
    if (!sessions().isEmpty()) Pause.ofMillis(PAUSE_MILLIS);
    var counts = new QuietCounts(Duration.ZERO);
    while (true) {
      var sessions = sessions();
      for (var id : sessions) end(id);
      beginning.retainAll(nameless());
      if (System.nanoTime() - began > HONEST_NANOS) for (var id : beginning) end(id);
      if (counts.found(sessions.size() + beginning.size())) return;
      if (System.nanoTime() - began > within.toNanos() || !counts.pause()) throw remain();
    }
  }

  /// Ends the sessions that are there now, begun or not, while the login goes on.
  ///
  /// @throws EngineException with `SessionsRemain` when some do not end in time
  void whatIsThereNow(Duration within) throws SQLException, EngineException {
    refuseHidden();
    long began = System.nanoTime();
    long deadline = began + within.toNanos();
    var before = new HashSet<>(sessions());
    var beginning = new HashSet<>(nameless());
    if (!before.isEmpty()) Pause.ofMillis(PAUSE_MILLIS);
    before.retainAll(sessions());
    while (!before.isEmpty() || !beginning.isEmpty()) {
      for (var id : before) end(id);
      if (System.nanoTime() - began > HONEST_NANOS) for (var id : beginning) end(id);
      if (System.nanoTime() > deadline) throw remain();
      Pause.ofMillis(PAUSE_MILLIS);
      var nameless = nameless();
      var now = sessions(); // afterwards: whoever is nameless no more has its name by now
      before.addAll(beginning);
      before.retainAll(now);
      beginning.retainAll(nameless);
    }
  }

  private void refuseHidden() throws SQLException, EngineException {
    var hidden = hidden(sql);
    if (hidden.isPresent()) throw EngineException.of(hidden.get().reason(), hidden.get().message());
  }

  /// Why no count would mean anything. Without its performance schema, MySQL has the table of
  /// connections and no row in it; and one that has room for fewer threads than there may be
  /// connections shows no row for those beyond, as long as they live (manual, "The processlist
  /// Table").
  static Optional<Failure> hidden(Sql sql) throws SQLException {
    if (!sql.holds(SHOWN.formatted(sql.dialect().processes())))
      return hidden("performance_schema=ON");
    return sql.dialect() == Dialect.MariaDB || sql.holds(ROOM)
        ? Optional.empty()
        : hidden("performance_schema_max_thread_instances=-1");
  }

  private static Optional<Failure> hidden(String setting) {
    return Optional.of(
        new Failure(
            Reason.AdminTooWeak,
            "the server does not show every session, so not every one can be ended: start it with "
                + setting));
  }

  private EngineException remain() {
    return EngineException.of(
        Reason.SessionsRemain, "sessions of %s do not end".formatted(logins.getFirst()));
  }

  private Set<Long> sessions() throws SQLException {
    return Set.copyOf(
        sql.query(
            SESSIONS.formatted(sql.dialect().processes(), Sql.list(logins)),
            row -> row.getLong(1),
            Sql.values(logins)));
  }

  private Set<Long> nameless() throws SQLException {
    return Set.copyOf(
        sql.query(NAMELESS.formatted(sql.dialect().processes()), row -> row.getLong(1)));
  }

  /// Why something that nobody may commit later has to wait; empty when nothing is prepared.
  static Optional<Failure> open(Sql sql, Server server) throws SQLException {
    int prepared = prepared(sql);
    if (prepared == 0) return Optional.empty();
    return Optional.of(
        new Failure(
            Reason.PreparedTransactions,
            "%d prepared transactions are open on %s, and it does not tell whose: XA COMMIT or XA ROLLBACK them (see XA RECOVER)"
                .formatted(prepared, server.name())));
  }

  /// How many transactions are prepared; 0 where the administrator may not ask.
  static int prepared(Sql sql) throws SQLException {
    return seen(sql).orElse(0);
  }

  /// The same; empty where the administrator may not ask.
  static OptionalInt seen(Sql sql) throws SQLException {
    try {
      return OptionalInt.of(sql.query(PREPARED, row -> true).size());
    } catch (SQLException e) {
      if (e instanceof Sql.Unexpected || !"XAE03".equals(e.getSQLState())) throw e;
      return OptionalInt.empty();
    }
  }

  /// @return whether it was there to be ended
  private boolean end(long id) throws SQLException {
    try {
      sql.run("KILL CONNECTION " + id);
      return true;
    } catch (SQLException e) {
      if (e.getErrorCode() != MySqlErrors.NO_SUCH_CONNECTION) throw e;
      return false;
    }
  }
}
