package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.ServerText;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What is weak about a server, seen from the administrator's session.
final class Posture {
  private static final int OLDEST_SUPPORTED = 140000;
  private static final int SAFE_CREATEROLE = 160000;

  private final Sql sql;
  private final Server server;
  private final Registry registry;
  private final List<Finding> findings = new ArrayList<>();

  Posture(Sql sql, Server server, Registry registry) {
    this.registry = registry;
    this.sql = sql;
    this.server = server;
  }

  List<Finding> look() throws SQLException {
    server.unverified().ifPresent(findings::add);
    if (sql.holds(
        "SELECT pg_catalog.has_database_privilege('public', current_database(), 'CONNECT')"))
      add(
          Id.AdminDatabaseOpen,
          "every role may connect to the administrator's database",
          "GRANT CONNECT ON DATABASE %1$s TO %2$s; REVOKE CONNECT ON DATABASE %1$s FROM PUBLIC"
              .formatted(server.adminDatabase(), server.adminUser()));
    if (sql.holds(
        "SELECT pg_catalog.has_database_privilege('public', current_database(), 'CREATE') OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND pg_catalog.has_schema_privilege('public', n.oid, 'CREATE'))"))
      add(
          Id.AdminDatabaseWritable,
          "every role may create objects in the administrator's database",
          "REVOKE CREATE ON SCHEMA public FROM PUBLIC in database " + server.adminDatabase());
    databases();
    registry.foreign().of(server).ifPresent(findings::add);
    registry.open().of(server).ifPresent(findings::add);
    new KeptLogins(registry.marks()).finding(sql).ifPresent(findings::add);
    if (registry.identification().withheld(server))
      add(
          Id.TimelineWithheld,
          "the server tells no timeline, as Amazon Aurora does: a promotion behind its name is taken for a restart",
          "set spec.promotions: Trust where its cluster fences its own");
    version();
    administrator();
    settings();
    if (Plaintext.accepted(server))
      add(
          Id.PlaintextAccepted,
          "the server talks without TLS to whoever asks",
          "use hostssl instead of host in pg_hba.conf");
    return List.copyOf(findings);
  }

  /// Databases that we grant on and did not create: others may live there, so we revoke nothing.
  private void databases() throws SQLException {
    var open =
        sql.query(
            """
            SELECT pg_catalog.quote_ident(d.datname) FROM pg_catalog.pg_database d
             WHERE pg_catalog.has_database_privilege('public', d.oid, 'CONNECT')
               AND EXISTS (SELECT FROM pg_catalog.aclexplode(d.datacl) a
                             JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
                            WHERE r.rolname LIKE 'bs\\_%\\_ro') ORDER BY 1 LIMIT 10""",
            row -> row.getString(1));
    for (var database : open)
      add(
          Id.DatabaseOpen,
          "every role may connect to database %s and make temporary tables there"
              .formatted(ServerText.clean(database)),
          "REVOKE ALL ON DATABASE %s FROM PUBLIC, when no client of yours relies on it"
              .formatted(ServerText.clean(database)));
  }

  private void version() throws SQLException {
    int version =
        sql.one(
            "SELECT pg_catalog.current_setting('server_version_num')::int", row -> row.getInt(1));
    if (version < OLDEST_SUPPORTED)
      add(Id.OldVersion, "this version gets no fixes any more", "upgrade to 14 or newer");
    if (version < SAFE_CREATEROLE)
      add(
          Id.AdminTooStrong,
          "before version 16 a role with CREATEROLE can make itself a member of pg_execute_server_program",
          "upgrade to 16 or newer");
    else reserved();
  }

  /// From 16 on connections can be reserved for others than superusers.
  private void reserved() throws SQLException {
    if (sql.holds(
        "SELECT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) OR (pg_catalog.current_setting('reserved_connections')::int > 0 AND pg_catalog.pg_has_role(session_user, 'pg_use_reserved_connections', 'USAGE'))"))
      return;
    add(
        Id.NoConnectionReserved,
        "applications that take every connection keep the administrator out",
        "set reserved_connections = 5 and restart the server; GRANT pg_use_reserved_connections TO %s WITH INHERIT TRUE"
            .formatted(server.adminUser()));
  }

  private void administrator() throws SQLException {
    if (sql.holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolsuper AND (rolname = session_user OR NOT (SELECT s.rolsuper FROM pg_catalog.pg_roles s WHERE s.rolname = session_user) AND pg_catalog.pg_has_role(session_user, oid, 'MEMBER')))"))
      add(
          Id.AdminTooStrong,
          "the administrator is a superuser, or a member of one",
          "give the operator a role with CREATEROLE instead");
    var acting = sql.one("SELECT current_user", row -> row.getString(1)); // as the server sees it
    if (!sql.holds("SELECT pg_catalog.pg_has_role(current_user, 'pg_signal_backend', 'USAGE')"))
      add(
          Id.CannotSignal,
          "the administrator may not end every session it has to fence",
          "GRANT pg_signal_backend TO " + Sql.name(ServerText.clean(acting)));
  }

  private void settings() throws SQLException {
    if (sql.holds("SELECT pg_catalog.current_setting('log_statement') IN ('ddl', 'mod', 'all')"))
      add(
          Id.StatementLogging,
          "the server logs statements, verifiers of passwords among them",
          "set log_statement = none for the administrator");
  }

  private void add(Id id, String message, String remedy) {
    findings.add(new Finding(id, message, remedy));
  }
}
