package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Logins of ours that came with a copy: their marks name another server than this one. What a swap
/// prepared here a moment ago names this one, whoever knows of it.
record Strangers(Marks marks, Logins logins, Transactions transactions) {
  private static final int PAGE = 500;
  private static final Duration WITHIN = Duration.ofSeconds(5);

  /// One page of roles of ours that can log in, after the name `$1`. A result of all of them would
  /// not fit into the driver's bounds.
  private static final String OURS =
      """
      SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles
       WHERE rolname LIKE 'bs\\_%%' AND rolcanlogin AND rolname > $1 ORDER BY rolname LIMIT %d"""
          .formatted(PAGE);

  /// @param names every name of this running server
  int lock(Connection connection, Set<String> names) throws SQLException, EngineException {
    int locked = 0;
    for (var page = page(connection, ""); !page.isEmpty(); ) {
      for (var role : page) if (stranger(role, names) && locked(connection, role.name)) locked++;
      page = page.size() < PAGE ? List.of() : page(connection, page.getLast().name);
    }
    return locked;
  }

  private static List<Role> page(Connection connection, String after) throws SQLException {
    return new Sql(connection)
        .query(OURS, row -> new Role(row.getString(1), String.valueOf(row.getString(2))), after);
  }

  private record Role(String name, String comment) {}

  private boolean stranger(Role role, Set<String> names) {
    return marks
        .read(role.name, role.comment)
        .filter(m -> "login".equals(m.get("kind")))
        .filter(m -> !names.contains(m.getOrDefault("server", "")))
        .isPresent();
  }

  private boolean locked(Connection connection, String login) throws SQLException, EngineException {
    var before = new ArrayList<LoginRow>();
    transactions.run(connection, sql -> strip(sql, login, before), "login/" + login);
    if (before.isEmpty()) return false;
    var row = before.getLast();
    transactions.run(connection, sql -> logins.shut(sql, row, row.epoch()), "login/" + login);
    Severing.untilNobodyIsLeft(new Sql(connection), login, WITHIN);
    return true;
  }

  private void strip(Sql sql, String login, List<LoginRow> before) throws SQLException {
    var found = logins.find(sql, login);
    if (found.isEmpty()) return;
    before.add(found.get());
    Memberships.narrow(sql, found.get(), "");
  }
}
