package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.model.ServerText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jboss.logging.Logger;

/// Drops what the operator created for a service that is deleted and nobody else uses: a
/// database that carries its mark of creation, objects and all, and then the group roles. A
/// database that it did not create stays, with everything in it and the groups that own it.
record Dropping(Server server, Marks marks, Transactions transactions) {
  private static final Logger LOG = Logger.getLogger(Dropping.class);

  private static final String USED =
      """
      SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m
                       JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                       JOIN pg_catalog.pg_roles u ON u.oid = m.member
                      WHERE g.rolname = ANY ($1) AND NOT u.rolname = ANY ($2) AND u.rolcanlogin
                        AND u.rolname LIKE 'bs\\_%')""";
  private static final String OTHER_SCHEMAS =
      """
      SELECT EXISTS (SELECT FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
                       JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                      WHERE d.datname = $1 AND r.rolname LIKE 'bs\\_%\\_ro' AND r.rolname <> $2)""";

  void drop(Connection connection, Order order) throws SQLException, EngineException {
    var sql = new Sql(connection);
    var roles = Roles.of(marks, order.place());
    if (!new Groups(marks).admits(sql, order) || used(sql, roles)) return;
    var database = Schemas.of(order.place()).database();
    if (mine(sql, order, database) && !sql.holds(OTHER_SCHEMAS, database, roles.readOnly()))
      sql.run("DROP DATABASE IF EXISTS " + Sql.name(database));
    for (var role : List.of(roles.readOnly(), roles.readWrite(), roles.owner()))
      dropGroup(connection, order, role);
    if (!Creation.exists(sql, database)) dropGroup(connection, order, roles.claim());
  }

  /// Another login of ours uses the groups.
  private static boolean used(Sql sql, Roles roles) throws SQLException {
    var all = roles.all().toArray(String[]::new);
    return sql.holds(USED, all, all);
  }

  private boolean mine(Sql sql, Order order, String database) throws SQLException {
    return Creation.mark(sql, marks, database)
        .filter(m -> order.service().uid().equals(m.get("uid")))
        .isPresent();
  }

  private void dropGroup(Connection connection, Order order, String role)
      throws SQLException, EngineException {
    var sql = new Sql(connection);
    var known =
        sql.holds("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", role);
    var database = Schemas.of(order.place()).database();
    if (!known || Dependencies.owns(sql, role)) return;
    if (Creation.exists(sql, database)) revokeInside(database, role);
    for (var elsewhere : Dependencies.databases(sql, role)) revokeElsewhere(elsewhere, role);
    if (Dependencies.elsewhere(sql, role, database)) return;
    transactions.run(
        connection,
        inner -> {
          become(inner, role);
          inner.run("DROP OWNED BY " + Sql.name(role));
          inner.run("DROP ROLE " + Sql.name(role));
        },
        "group/" + role);
  }

  /// DROP OWNED needs the privileges of the role.
  private static void become(Sql sql, String role) throws SQLException {
    var me = sql.one("SELECT current_user", row -> row.getString(1));
    Memberships.grant(sql, role, me, "WITH INHERIT TRUE, SET TRUE");
    if (sql.modern())
      sql.run("GRANT %s TO %s WITH INHERIT TRUE".formatted(Sql.name(role), Sql.name(me)));
  }

  /// It is another tenant's database: nobody waits for it.
  private void revokeElsewhere(String database, String role) {
    try {
      revokeInside(database, role);
    } catch (SQLException | EngineException e) {
      LOG.infof(
          "grants elsewhere remain: server=%s role=%s database=%s",
          server.name(), role, ServerText.clean(database));
    }
  }

  private void revokeInside(String database, String role) throws SQLException, EngineException {
    try (var inside = Connections.inside(server, database)) {
      var sql = new Sql(inside);
      sql.begin();
      sql.run("SET LOCAL lock_timeout = '500ms'");
      become(sql, role);
      sql.run("DROP OWNED BY " + Sql.name(role));
      sql.commit();
    }
  }
}
