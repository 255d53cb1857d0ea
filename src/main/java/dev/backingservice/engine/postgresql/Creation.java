package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import java.sql.SQLException;
import java.util.Map;

/// Creates a database and closes it to everybody. Outside a transaction, as the server demands: the
/// mark comes first, so that a creation that was cut off is finished, and nobody else's database is
/// ever closed.
record Creation(Server server, Marks marks) {
  void create(Sql sql, Claim claim) throws SQLException, EngineException {
    var database = claim.place().database();
    if (!exists(sql, database)) {
      sql.run("CREATE DATABASE " + Sql.name(database));
      var mark = marks.write(database, Map.of("kind", "database", "uid", claim.service().uid()));
      sql.run("COMMENT ON DATABASE " + Sql.name(database) + " IS " + Sql.text(mark));
    }
    if (!ours(sql, database)) return;
    sql.run("GRANT CONNECT ON DATABASE " + Sql.name(database) + " TO session_user");
    sql.run("REVOKE ALL ON DATABASE " + Sql.name(database) + " FROM PUBLIC");
    try (var inside = Connections.administrator(server, database)) {
      // from 15 on PUBLIC has no such right; before, it goes where template1 gives the schema to
      // pg_database_owner
      new Sql(inside).run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    }
  }

  private static boolean exists(Sql sql, String database) throws SQLException {
    return sql.holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", database);
  }

  private boolean ours(Sql sql, String database) throws SQLException {
    return sql.first(
            "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') FROM pg_catalog.pg_database WHERE datname = $1",
            row -> row.getString(1),
            database)
        .flatMap(comment -> marks.read(database, comment))
        .isPresent();
  }
}
