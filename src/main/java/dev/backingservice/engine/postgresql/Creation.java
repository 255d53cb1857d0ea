package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Creates a database and closes it to everybody. CREATE DATABASE runs outside a transaction and
/// takes no comment with it, so the intention comes first, in the mark of the database's claim: a
/// creation that was cut off is finished, and nobody else's database is ever closed.
record Creation(Server server, Marks marks, Transactions transactions) {
  private static final String INTENDS = "creates";
  private static final String DUPLICATE_DATABASE = "42P04";

  void create(Connection connection, Order order) throws SQLException, EngineException {
    var sql = new Sql(connection);
    var database = Schemas.of(order.place()).database();
    if (!exists(sql, database)) {
      intend(connection, order);
      if (!created(sql, database)) return;
    }
    if (!ours(sql, database) && !intended(sql, order)) return;
    var mark = Map.of("kind", "database", "uid", order.service().uid());
    sql.run(
        "COMMENT ON DATABASE %s IS %s"
            .formatted(Sql.name(database), Sql.text(marks.write(database, mark))));
    close(sql, database);
  }

  private void close(Sql sql, String database) throws SQLException, EngineException {
    sql.run("GRANT CONNECT ON DATABASE " + Sql.name(database) + " TO session_user");
    sql.run("REVOKE ALL ON DATABASE " + Sql.name(database) + " FROM PUBLIC");
    try (var inside = Connections.inside(server, database)) {
      // from 15 on PUBLIC has no such right; before, it goes where template1 gives the schema to
      // pg_database_owner
      new Sql(inside).run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    }
  }

  /// @return whether it was us
  private static boolean created(Sql sql, String database) throws SQLException {
    try {
      sql.run("CREATE DATABASE " + Sql.name(database));
      return true;
    } catch (SQLException e) {
      if (PgErrors.state(e).equals(DUPLICATE_DATABASE)) return false;
      throw e;
    }
  }

  /// The claim role stands before the database does.
  private void intend(Connection connection, Order order) throws EngineException {
    transactions.run(
        connection,
        sql -> {
          var role = marks.roles(order.place()).claim();
          var fields = new TreeMap<>(Groups.claim(order));
          fields.put(INTENDS, order.service().uid());
          if (comment(sql, role).isEmpty())
            sql.run("CREATE ROLE " + Sql.name(role) + " " + Roles.PLAIN);
          else if (marks.read(role, comment(sql, role).get()).isEmpty()) return;
          sql.run(
              "COMMENT ON ROLE %s IS %s"
                  .formatted(Sql.name(role), Sql.text(marks.write(role, fields))));
        },
        "service/" + order.service());
  }

  private boolean intended(Sql sql, Order order) throws SQLException {
    var role = marks.roles(order.place()).claim();
    return comment(sql, role)
        .flatMap(c -> marks.read(role, c))
        .filter(m -> order.service().uid().equals(m.get(INTENDS)))
        .isPresent();
  }

  private static Optional<String> comment(Sql sql, String role) throws SQLException {
    return sql.first(
        "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_authid'), '') FROM pg_catalog.pg_roles WHERE rolname = $1",
        row -> row.getString(1),
        role);
  }

  static boolean exists(Sql sql, String database) throws SQLException {
    return sql.holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", database);
  }

  /// Whether a database carries our mark of creation.
  private boolean ours(Sql sql, String database) throws SQLException {
    return mark(sql, marks, database).isPresent();
  }

  static Optional<Map<String, String>> mark(Sql sql, Marks marks, String database)
      throws SQLException {
    return sql.first(
            "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') FROM pg_catalog.pg_database WHERE datname = $1",
            row -> row.getString(1),
            database)
        .flatMap(comment -> marks.read(database, comment))
        .filter(m -> "database".equals(m.get("kind")));
  }
}
