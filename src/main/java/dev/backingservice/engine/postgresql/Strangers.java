package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Logins of ours that came with a copy: their marks name another server than this one. What a
/// swap prepared here a moment ago names this one, whoever knows of it.
///
/// Each change costs the server time in proportion to the roles that the administrator has made
/// (16 and newer: it looks for the right to administer one among all of them). So a page is an
/// operation of its own, and what is left after a while waits for the next look.
///
/// @param newPage told that a page begins, which has the time of an operation
record Strangers(Marks marks, Logins logins, Transactions transactions, Runnable newPage) {
  private static final int PAGE = 250;
  private static final long AT_MOST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final String LOCK = "strangers";
  private static final Duration WITHIN = Duration.ofSeconds(5);

  /// One page of roles of ours that can log in or are logged in, after the name `$1`. A result of
  /// all of them would not fit into the driver's bounds.
  private static final String OURS =
      """
      SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles
       WHERE rolname LIKE 'bs\\_%%' AND rolname > $1
         AND (rolcanlogin OR oid IN (SELECT usesysid FROM pg_catalog.pg_stat_activity))
       ORDER BY rolname LIMIT %d"""
          .formatted(PAGE);

  /// @param names every name of this running server
  /// @throws EngineException when one of them could not be locked; all others were
  int lock(Connection connection, Set<String> names) throws SQLException, EngineException {
    int locked = 0;
    long began = System.nanoTime();
    var refused = new TreeMap<String, String>();
    for (var found = page(connection, ""); !found.isEmpty(); ) {
      if (System.nanoTime() - began > AT_MOST_NANOS) throw more(locked);
      newPage.run();
      var strangers = found.stream().filter(r -> stranger(r, names)).map(Role::name).toList();
      if (!strangers.isEmpty()) locked += lock(connection, strangers, names, refused);
      found = found.size() < PAGE ? List.of() : page(connection, found.getLast().name);
    }
    if (refused.isEmpty()) return locked;
    var first = refused.firstEntry();
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "%d logins that came with a copy could not be locked, %s among them (%s): lock them, or end what holds them"
            .formatted(refused.size(), first.getKey(), first.getValue()));
  }

  private static EngineException more(int locked) {
    return EngineException.of(
        Reason.Pending,
        "%d logins that came with a copy are locked, and more are to come".formatted(locked));
  }

  private static List<Role> page(Connection connection, String after) throws SQLException {
    return new Sql(connection)
        .query(OURS, row -> new Role(row.getString(1), String.valueOf(row.getString(2))), after);
  }

  private record Role(String name, String comment) {}

  private boolean stranger(Role role, Set<String> names) {
    return stranger(marks.read(role.name, role.comment).map(LoginMark::new), names);
  }

  private static boolean stranger(Optional<LoginMark> mark, Set<String> names) {
    return mark.filter(m -> m.ofLogin() && !names.contains(m.server())).isPresent();
  }

  /// A page in two transactions: memberships go first, so that a blocked ALTER keeps nothing.
  private int lock(
      Connection connection, List<String> page, Set<String> names, Map<String, String> refused)
      throws SQLException, EngineException {
    transactions.run(
        connection,
        sql -> each(sql, strangers(sql, page, names), rows -> Memberships.narrow(sql, rows, "")),
        LOCK);
    var failed = new TreeMap<String, String>();
    transactions.run(
        connection,
        sql -> {
          failed.clear();
          failed.putAll(each(sql, strangers(sql, page, names), rows -> shut(sql, rows, names)));
        },
        LOCK);
    refused.putAll(failed);
    newPage.run();
    var locked =
        strangers(new Sql(connection), page, names).stream().filter(row -> !row.canLogin());
    Severing.untilNobodyIsLeft(
        new Sql(connection), locked.map(LoginRow::name).toList(), Severing.Lock.JustNow, WITHIN);
    return page.size() - failed.size();
  }

  private List<LoginRow> strangers(Sql sql, List<String> page, Set<String> names)
      throws SQLException {
    return logins.all(sql, page).stream().filter(row -> stranger(row.mark(), names)).toList();
  }

  /// An altered row is ours until the transaction ends. A service that took the login over before
  /// that has written its mark by then, and keeps it.
  private void shut(Sql sql, List<LoginRow> rows, Set<String> names) throws SQLException {
    var shut = new ArrayList<String>();
    for (var row : rows) shut.add(Logins.shut(row));
    sql.run(shut);
    var now = logins.all(sql, rows.stream().map(LoginRow::name).toList());
    if (!now.stream().allMatch(row -> stranger(row.mark(), names)))
      throw new SQLException("a service took it over meanwhile", PgErrors.SERIALIZATION_FAILURE);
    var marked = new ArrayList<String>();
    for (var row : now) marked.add(logins.superseded(row, row.epoch()));
    sql.run(marked);
  }

  /// All at once, for a round trip costs more than the change; one by one when something resists.
  /// Whoever holds one login's row, or may not have it locked, keeps nobody else open.
  ///
  /// @return what the server says, by login, where the change could not be made
  private static Map<String, String> each(Sql sql, List<LoginRow> rows, Change change)
      throws SQLException {
    sql.run("SET LOCAL lock_timeout = '200ms'");
    if (rows.isEmpty() || refused(sql, rows, change).isEmpty()) return Map.of();
    sql.run("SET LOCAL lock_timeout = '1500ms'"); // whoever is in the way is ended meanwhile
    var failed = new TreeMap<String, String>();
    for (var row : rows)
      refused(sql, List.of(row), change).ifPresent(said -> failed.put(row.name(), said));
    return failed;
  }

  private static Optional<String> refused(Sql sql, List<LoginRow> rows, Change change)
      throws SQLException {
    sql.run("SAVEPOINT change");
    try {
      change.make(rows);
      sql.run("RELEASE SAVEPOINT change");
      return Optional.empty();
    } catch (SQLException e) {
      if (PgErrors.state(e).startsWith("08")) throw e;
      sql.run("ROLLBACK TO SAVEPOINT change");
      return Optional.of(ConnectFailure.said(e));
    }
  }

  @FunctionalInterface
  private interface Change {
    void make(List<LoginRow> rows) throws SQLException;
  }
}
