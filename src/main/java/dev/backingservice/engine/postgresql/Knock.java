package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Access;
import dev.backingservice.model.Reason;
import java.sql.SQLException;

/// Proves, from the workload's own session, what the access level promises. Touches no tenant's
/// table.
final class Knock {
  private static final String HELD =
      "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')";

  private Knock() {}

  /// @return how many relations the schema holds
  static int prove(Sql sql, Claim claim, String login) throws SQLException, EngineException {
    var expected = claim.access() == Access.Owner ? Roles.of(claim.place()).owner() : login;
    if (!sql.holds("SELECT session_user = $1 AND current_user = $2", login, expected))
      throw refused(claim, "is let in as somebody else: connect past the pooler");
    if (sql.holds("SELECT pg_catalog.pg_is_in_recovery()")) {
      if (claim.access() != Access.ReadOnly)
        throw EngineException.of(
            Reason.ServerReadOnly,
            claim.place().server() + " is a standby: promote it, or name the primary");
    } else if (claim.access() != Access.ReadOnly) write(sql);
    if (!sql.holds(
        "SELECT pg_catalog.has_schema_privilege(current_user, $1, 'USAGE')",
        claim.place().schema())) throw refused(claim, "may not use its schema");
    if (sql.holds(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = session_user"))
      throw refused(claim, "has more rights than it was given");
    return sql.first(HELD, row -> row.getInt(1), claim.place().schema()).orElse(0);
  }

  /// A transaction id is given out only where writing is possible.
  private static void write(Sql sql) throws SQLException {
    sql.run("BEGIN");
    sql.query("SELECT pg_catalog.pg_current_xact_id()::text", row -> true);
    sql.run("ROLLBACK");
  }

  private static EngineException refused(Claim claim, String why) {
    return EngineException.of(
        Reason.LoginRefused, "on " + claim.place().server() + " the login " + why);
  }
}
