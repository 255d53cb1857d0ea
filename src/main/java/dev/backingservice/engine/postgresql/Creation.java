package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
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
    new Groups(marks).checkClaim(sql, order);
    if (!exists(sql, database)) {
      intend(connection, order, true);
      if (!created(connection, order, database)) return;
    }
    boolean ours = ours(sql, database);
    if (!ours && !intended(sql, order)) return;
    if (!ours) mark(sql, order, database);
    close(sql, database);
  }

  /// Once, for whom it was created: nobody takes it over.
  private void mark(Sql sql, Order order, String database) throws SQLException {
    var mark = Map.of("kind", "database", "uid", order.service().uid());
    sql.run(
        "COMMENT ON DATABASE %s IS %s"
            .formatted(Sql.name(database), Sql.text(marks.write(database, mark))));
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

  /// A creation that failed leaves no intention: what somebody else makes under the name is theirs.
  ///
  /// @return whether it was us
  private boolean created(Connection connection, Order order, String database)
      throws SQLException, EngineException {
    try {
      var sql = new Sql(connection);
      sql.run("CREATE DATABASE " + Sql.name(database) + " TEMPLATE " + template(sql));
      return true;
    } catch (SQLException e) {
      if (!connection.isClosed()) intend(connection, order, false);
      if (PgErrors.state(e).equals(DUPLICATE_DATABASE)) return false;
      throw e;
    }
  }

  /// Everybody may connect to template1, and where its cluster was upgraded create there. Before 15
  /// the schema public of template0 is open to everybody and no administrator's to close: there the
  /// platform team has closed template1.
  private static String template(Sql sql) throws SQLException {
    return sql.holds("SELECT pg_catalog.current_setting('server_version_num')::int >= 150000")
        ? "template0"
        : "template1";
  }

  /// The claim role stands before the database does.
  private void intend(Connection connection, Order order, boolean creates) throws EngineException {
    transactions.run(
        connection,
        sql -> {
          var role = Roles.of(marks, order.place()).claim();
          new Groups(marks).checkClaim(sql, order);
          var there = comment(sql, role);
          if (there.isEmpty()) sql.run("CREATE ROLE " + Sql.name(role) + " " + Roles.PLAIN);
          var claim = there.flatMap(c -> marks.read(role, c));
          if (there.isPresent() && claim.isEmpty()) return;
          var fields = new TreeMap<>(claim.orElse(Groups.claim(order)));
          if (creates) fields.put(INTENDS, order.service().uid());
          else fields.remove(INTENDS, order.service().uid());
          sql.run(
              "COMMENT ON ROLE %s IS %s"
                  .formatted(Sql.name(role), Sql.text(marks.write(role, fields))));
        },
        Groups.claimKey(order),
        "service/" + order.service());
  }

  private boolean intended(Sql sql, Order order) throws SQLException {
    var role = Roles.of(marks, order.place()).claim();
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
