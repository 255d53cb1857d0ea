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
    var refused = new ArrayList<EngineException>();
    for (var page = page(connection, ""); !page.isEmpty(); ) {
      var strangers = page.stream().filter(r -> stranger(r, names)).map(Role::name).toList();
      locked += locked(connection, strangers, refused);
      page = page.size() < PAGE ? List.of() : page(connection, page.getLast().name);
    }
    if (!refused.isEmpty()) throw refused.getFirst();
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

  /// All of them at once. Whoever the administrator may not lock keeps nobody else open: they are
  /// locked one by one then.
  private int locked(Connection connection, List<String> names, List<EngineException> refused)
      throws SQLException, EngineException {
    if (names.isEmpty()) return 0;
    try {
      lock(connection, names);
      return names.size();
    } catch (EngineException e) {
      if (connection.isClosed()) throw e;
      if (names.size() == 1) refused.add(e);
    }
    int locked = 0;
    if (names.size() > 1)
      for (var name : names) locked += locked(connection, List.of(name), refused);
    return locked;
  }

  /// Memberships go in a transaction of their own, so that a blocked ALTER keeps nothing.
  private void lock(Connection connection, List<String> names)
      throws SQLException, EngineException {
    transactions.run(
        connection,
        sql -> {
          for (var row : logins.all(sql, names)) Memberships.narrow(sql, row, "");
        },
        LOCK);
    transactions.run(
        connection,
        sql -> {
          for (var row : logins.all(sql, names)) logins.shut(sql, row, row.epoch());
        },
        LOCK);
    for (var row : logins.all(new Sql(connection), names))
      if (row.sessions() > 0) Severing.untilNobodyIsLeft(new Sql(connection), row.name(), WITHIN);
  }
}
