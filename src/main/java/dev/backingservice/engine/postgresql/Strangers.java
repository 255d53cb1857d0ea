package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
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

/// Logins of ours that came with a copy: their marks name another server than this one. What a swap
/// prepared here a moment ago names this one, whoever knows of it.
record Strangers(Marks marks, Logins logins, Transactions transactions) {
  private static final int PAGE = 500;
  private static final String LOCK = "strangers";
  private static final Duration WITHIN = Duration.ofSeconds(5);

  /// One page of roles of ours that can log in, after the name `$1`. A result of all of them would
  /// not fit into the driver's bounds.
  private static final String OURS =
      """
      SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles
       WHERE rolname LIKE 'bs\\_%%' AND rolcanlogin AND rolname > $1 ORDER BY rolname LIMIT %d"""
          .formatted(PAGE);

  /// @param names every name of this running server
  /// @throws EngineException when one of them could not be locked; all others were
  int lock(Connection connection, Set<String> names) throws SQLException, EngineException {
    int locked = 0;
    var refused = new TreeMap<String, String>();
    for (var page = page(connection, ""); !page.isEmpty(); ) {
      var strangers = page.stream().filter(r -> stranger(r, names)).map(Role::name).toList();
      if (!strangers.isEmpty()) locked += lock(connection, strangers, names, refused);
      page = page.size() < PAGE ? List.of() : page(connection, page.getLast().name);
    }
    if (refused.isEmpty()) return locked;
    var first = refused.firstEntry();
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "%d logins that came with a copy could not be locked, %s among them (%s): lock them, or end what holds them"
            .formatted(refused.size(), first.getKey(), first.getValue()));
  }

  private static List<Role> page(Connection connection, String after) throws SQLException {
    return new Sql(connection)
        .query(OURS, row -> new Role(row.getString(1), String.valueOf(row.getString(2))), after);
  }

  private record Role(String name, String comment) {}

  private boolean stranger(Role role, Set<String> names) {
    return stranger(marks.read(role.name, role.comment), names);
  }

  private static boolean stranger(Optional<Map<String, String>> mark, Set<String> names) {
    return mark.filter(m -> "login".equals(m.get("kind")))
        .filter(m -> !names.contains(m.getOrDefault("server", "")))
        .isPresent();
  }

  /// A page in two transactions: memberships go first, so that a blocked ALTER keeps nothing.
  private int lock(
      Connection connection, List<String> logins, Set<String> names, Map<String, String> refused)
      throws SQLException, EngineException {
    transactions.run(
        connection,
        sql -> {
          var members = new ArrayList<>(this.logins.all(sql, logins));
          members.removeIf(row -> row.groups().isEmpty());
          each(sql, members, names, row -> Memberships.narrow(sql, row, ""), new TreeMap<>());
        },
        LOCK);
    var failed = new TreeMap<String, String>();
    transactions.run(
        connection,
        sql -> {
          failed.clear();
          var rows = this.logins.all(sql, logins);
          each(sql, rows, names, row -> this.logins.shut(sql, row, row.epoch()), failed);
        },
        LOCK);
    refused.putAll(failed);
    for (var row : this.logins.all(new Sql(connection), logins))
      if (row.sessions() > 0 && !row.canLogin() && stranger(row.mark(), names))
        Severing.untilNobodyIsLeft(new Sql(connection), row.name(), WITHIN);
    return logins.size() - failed.size();
  }

  /// Whoever holds one login's row, or may not have it locked, keeps nobody else open. A mark is
  /// read again right before the change: a service may have taken the login over meanwhile.
  private void each(
      Sql sql, List<LoginRow> rows, Set<String> names, Change change, Map<String, String> failed)
      throws SQLException {
    sql.run("SET LOCAL lock_timeout = '200ms'");
    for (var row : rows) {
      sql.run("SAVEPOINT login");
      try {
        if (stranger(marks.of(sql, row.name()), names)) change.make(row);
        sql.run("RELEASE SAVEPOINT login");
      } catch (SQLException e) {
        if (PgErrors.state(e).startsWith("08")) throw e;
        failed.put(row.name(), PgErrors.said(e));
        sql.run("ROLLBACK TO SAVEPOINT login");
      }
    }
  }

  @FunctionalInterface
  private interface Change {
    void make(LoginRow row) throws SQLException;
  }
}
