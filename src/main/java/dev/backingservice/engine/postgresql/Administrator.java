package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.sql.SQLException;

/// The role that administers: the login itself, or the CREATEROLE role it is a member of, so that
/// administrators can be replaced while the roles they made stay in one hand.
final class Administrator {
  /// From 16 on who made a role is a member of it without the right to SET ROLE: asked for that
  /// right, the server need not go through all logins.
  private static final String CREATING =
      """
      SELECT rolname FROM pg_catalog.pg_roles
       WHERE rolcreaterole AND pg_catalog.pg_has_role(session_user, oid, '%s')
       ORDER BY rolname <> session_user, rolname LIMIT 1""";

  private Administrator() {}

  /// Takes on the administering role for the rest of the session.
  ///
  /// @throws EngineException with `AdminTooWeak` when there is none
  static void assume(Sql sql, Server server) throws SQLException, EngineException {
    var role =
        sql.first(CREATING.formatted(sql.modern() ? "SET" : "MEMBER"), row -> row.getString(1))
            .orElseThrow(
                () ->
                    EngineException.of(
                        Reason.AdminTooWeak,
                        "the administrator of %s may not create roles: ALTER ROLE %s CREATEROLE"
                            .formatted(server.name(), server.adminUser())));
    if (!role.equals(server.adminUser())) sql.run("SET ROLE " + Sql.name(role));
  }

  /// Acts as the owner of something until the transaction ends.
  ///
  /// @return whether the administrator may act for `owner`
  static boolean actAs(Sql sql, String owner) throws SQLException {
    sql.run("SET LOCAL ROLE NONE");
    if (sql.holds("SELECT session_user = $1", owner)) return true;
    boolean may = sql.holds(MAY_SET_ROLE, owner, owner);
    if (may) sql.run("SET LOCAL ROLE " + Sql.name(owner));
    return may;
  }

  /// From 16 on a membership may lack the right to SET ROLE; before, there is no such word to ask.
  private static final String MAY_SET_ROLE =
      """
      SELECT CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
                  THEN pg_catalog.pg_has_role(session_user, $1::name, 'SET')
                  ELSE pg_catalog.pg_has_role(session_user, $2::name, 'MEMBER') END""";
}
