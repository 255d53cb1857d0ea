package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// Logins of ours that came with a copy and that no service holds there.
record Strangers(Marks marks, Logins logins, Transactions transactions) {
  private static final String OURS =
      """
      SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles
       WHERE rolname LIKE 'bs\\_%' AND rolcanlogin""";

  int lock(Connection connection, Set<String> held) throws SQLException, EngineException {
    var strangers = open(new Sql(connection)).stream().filter(l -> !held.contains(l)).toList();
    for (var login : strangers) {
      transactions.run(connection, sql -> strip(sql, login), "login/" + login);
      transactions.run(connection, sql -> logins.shut(sql, login), "login/" + login);
      Fence.end(new Sql(connection), login);
    }
    return strangers.size();
  }

  private List<String> open(Sql sql) throws SQLException {
    return sql
        .query(
            OURS, row -> marks.isLogin(row.getString(1), row.getString(2)) ? row.getString(1) : "")
        .stream()
        .filter(login -> !login.isEmpty())
        .toList();
  }

  private void strip(Sql sql, String login) throws SQLException {
    var found = logins.find(sql, login);
    if (found.isPresent()) Logins.narrow(sql, found.get(), "");
  }
}
