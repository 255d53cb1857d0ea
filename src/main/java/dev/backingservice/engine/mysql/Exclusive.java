package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Term;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Changes accounts under user-level locks of the server, only while no later leader has left its
/// term there. A lock ends with its session: who lost it runs no more statements.
record Exclusive(Registry registry, Term term) {
  private static final String TERM = "term";
  private static final int SECONDS = 5;
  private static final int HEX = 40;

  /// What is done under the locks.
  @FunctionalInterface
  interface Work {
    void run(Sql sql) throws SQLException, EngineException;
  }

  /// @param keys taken in this order
  void run(Sql sql, Work work, String... keys) throws SQLException, EngineException {
    var locks = List.of(keys).stream().map(this::lock).toList();
    int held = 0;
    try {
      for (; held < locks.size(); held++) take(sql, locks.get(held));
      refuseReadOnly(sql);
      checkTerm(sql);
      work.run(sql);
    } finally {
      release(sql, locks.subList(0, held));
    }
  }

  /// Nobody else can tell its name, and take it first.
  private String lock(String key) {
    return "bs/" + registry.marks().key().name("lock", key).substring(0, HEX);
  }

  private void take(Sql sql, String lock) throws SQLException, EngineException {
    if (sql.holds("SELECT GET_LOCK(?, ?) = 1", lock, SECONDS)) return;
    throw EngineException.of(
        Reason.ServerUnreachable,
        "another change of the same account on %s goes on: it is tried again"
            .formatted(registry.server().name()));
  }

  private static void release(Sql sql, List<String> locks) throws SQLException {
    try {
      for (var lock : locks) sql.holds("SELECT RELEASE_LOCK(?) = 1", lock);
    } catch (SQLException e) {
      sql.abandon();
    }
  }

  /// The right to end connections lets MySQL's administrator write there.
  private void refuseReadOnly(Sql sql) throws SQLException, EngineException {
    if (sql.holds("SELECT @@global.read_only"))
      throw EngineException.of(
          Reason.ServerReadOnly,
          registry.server().name() + " is read-only: promote it, or name the primary");
  }

  /// It only grows.
  private void checkTerm(Sql sql) throws SQLException, EngineException {
    var table = registry.table(sql);
    var name = TERM + "/" + registry.marks().instance();
    if (stored(table, name) == term.mine()) return;
    take(sql, lock(TERM));
    try {
      long stored = stored(table, name);
      long mine = term.above(stored, registry.server().name());
      if (stored != mine) table.put(name, Map.of("kind", TERM, TERM, Long.toString(mine)));
    } finally {
      release(sql, List.of(lock(TERM)));
    }
  }

  /// -1 where none was left.
  private static long stored(MarkTable table, String name) throws SQLException, EngineException {
    return table.find(name).map(f -> Long.parseLong(f.getOrDefault(TERM, "0"))).orElse(-1L);
  }
}
