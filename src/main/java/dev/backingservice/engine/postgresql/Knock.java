package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.JdbcLine;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.StringJoiner;

/// Proves, from the workload's own session, what the access level promises. Touches no tenant's
/// table.
///
/// @param granted whether every right was seen granted a short while ago: what is lacking since was
///     made or taken away by somebody who may, and stands in nobody's way
record Knock(Server server, Registry registry, Credential credential, boolean granted) {
  private static final List<String> WRITES = List.of("SELECT", "INSERT", "UPDATE", "DELETE");

  /// Relations that the login may not use as its level promises, and whether the administrator may
  /// act for their owner.
  private static final String LACKING =
      """
      SELECT c.relname, pg_catalog.pg_get_userbyid(c.relowner), pg_catalog.shobj_description(c.relowner, 'pg_authid'),
             CASE WHEN pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 160000
                  THEN pg_catalog.pg_has_role($2::pg_catalog.name, c.relowner, 'SET')
                  ELSE pg_catalog.pg_has_role($3::pg_catalog.name, c.relowner, 'MEMBER') END
        FROM\s
      """
          + RelationGrants.RELATIONS
          + """
             AND NOT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char"
                  THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') ELSE %s END
           LIMIT 500""";

  /// Who it is let in as, whether on a standby, how many of the schemas it may use and what they
  /// hold. A transaction id is given out only where writing is possible. The tenant's own operators
  /// are in this database.
  private static final String SEEN =
      """
      SELECT session_user::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text
               AND current_user::pg_catalog.text OPERATOR(pg_catalog.=) $2::pg_catalog.text,
             pg_catalog.pg_is_in_recovery(),
             (SELECT pg_catalog.count(*) FROM pg_catalog.pg_namespace s
               WHERE s.nspname OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[])
                 AND pg_catalog.has_schema_privilege(current_user, s.oid, 'USAGE')),
             (SELECT pg_catalog.count(*) FROM\s"""
          + RelationGrants.RELATIONS.replace(
              "OPERATOR(pg_catalog.=) $1", "OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.text[])")
          + """
             ),
             CASE WHEN $5 AND NOT pg_catalog.pg_is_in_recovery()
                  THEN pg_catalog.pg_current_xact_id()::pg_catalog.text END""";

  /// The releases of November 2024 that lost the settings of roles (release notes of 17.2).
  private static final String IGNORES_ROLES =
      "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.=) ANY ('{140014,150009,160005,170001}'::pg_catalog.int4[])";

  private static final Duration PROOF = Duration.ofSeconds(5);

  Entry prove() throws EngineException {
    var scope = Schemas.of(attachment().place());
    try (var opened = new Closing(Connections.workload(server, credential, scope.database()))) {
      opened.attempt().bounds().begin(PROOF);
      var sql = new Sql(opened.connection());
      sql.begin(); // nothing of the proof is committed
      var seen = seen(sql, scope, opened.attempt());
      var refusal = refusal(sql, seen);
      if (refusal.isPresent()) return new Entry.Different(refusal.get());
      var beyond = Optional.<Failure>empty();
      for (var schema : scope.each()) {
        var lacking = lacking(sql, schema.first());
        if (lacking.isPresent()) return new Entry.Different(lacking.get());
        var more = beyond(sql, schema);
        if (beyond.isEmpty()) beyond = more;
      }
      return new Entry.LetIn(OptionalInt.of(seen.held), opened.attempt().anchor(), beyond);
    } catch (Connections.Turned e) {
      return turned(e);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  /// A pooler that lets everybody in and asks the server later says it now.
  private Seen seen(Sql sql, Scope.Schema scope, Attempt attempt) throws SQLException {
    try {
      return seen(sql, scope);
    } catch (SQLException e) {
      throw PgErrors.aboutTheLogin(e) ? new Connections.Turned(e, attempt) : e;
    }
  }

  /// What every role may do there is a finding about the server; where it is more than the level of
  /// this login says, the service hears of it.
  private Optional<Failure> beyond(Sql sql, Scope.Schema schema) throws SQLException {
    if (!granted) registry.open().saw(server, schema, PublicRights.look(sql, schema.first()));
    for (var right : registry.open().seen(server, schema))
      if (right.beyond(attachment().access()))
        return Optional.of(
            new Failure(
                Reason.PrivilegesIncomplete,
                "on %s the login %s %s, because every role may %s: let the owner run %s"
                    .formatted(
                        server.name(),
                        Access.EXCEEDED,
                        attachment().access(),
                        right.sentence(schema),
                        right.remedy(schema))));
    return Optional.empty();
  }

  private record Closing(JdbcLine opened) implements AutoCloseable {
    Connection connection() {
      return opened.connection();
    }

    Attempt attempt() {
      return opened.attempt();
    }

    @Override
    public void close() throws SQLException {
      opened.attempt().bounds().end();
      opened.connection().close();
    }
  }

  private Attachment attachment() {
    return credential.attachment();
  }

  private Entry turned(Connections.Turned e) {
    var where = server.name() + " (" + server.data() + ")";
    if (PoolerErrors.locked(e)) return new Entry.Locked(failure(where, e));
    return switch (PgErrors.state(e)) {
      case PgErrors.TOO_MANY -> full(where, e);
      case PgErrors.NOT_AUTHORIZED -> new Entry.Locked(failure(where, e));
      default -> PoolerErrors.full(e) ? full(where, e) : new Entry.Refused(failure(where, e));
    };
  }

  /// The limit of a login is looked at after its password; every other one may be before.
  private static Entry full(String where, Connections.Turned e) {
    var failure =
        new Failure(
            Reason.LoginRefused, where + " has no connection free: " + ConnectFailure.said(e));
    return PgErrors.ofTheLogin(e)
        ? new Entry.Full(failure, e.attempt().anchor())
        : new Entry.Crowded(failure);
  }

  private static Failure failure(String where, SQLException e) {
    return new Failure(
        Reason.LoginRefused, where + " refuses the login: " + ConnectFailure.said(e));
  }

  /// @param asExpected whether it acts as whom it shall
  /// @param usable how many of its schemas it may use
  /// @param held how many relations they hold
  private record Seen(boolean asExpected, boolean standby, int usable, int held) {}

  private Seen seen(Sql sql, Scope.Schema scope) throws SQLException {
    var at = attachment();
    var expected =
        at.access() == Access.Owner ? Roles.of(registry.marks(), at.place()).owner() : at.login();
    var schemas = scope.names().toArray(String[]::new);
    return sql.one(
        SEEN,
        row -> new Seen(row.getBoolean(1), row.getBoolean(2), row.getInt(3), row.getInt(4)),
        at.login(),
        expected,
        schemas,
        schemas,
        at.access() != Access.ReadOnly);
  }

  /// Why it is not let in as it shall be.
  private Optional<Failure> refusal(Sql sql, Seen seen) throws SQLException {
    var at = attachment();
    if (!seen.asExpected)
      return refused(
          at.access() == Access.Owner && sql.holds(IGNORES_ROLES)
              ? "does not act as its group: this release ignores ALTER ROLE … SET role; upgrade to 14.15, 15.10, 16.6, 17.2 or newer"
              : "is let in as somebody else: connect past the pooler");
    if (seen.standby && at.access() != Access.ReadOnly)
      return Optional.of(
          new Failure(
              Reason.ServerReadOnly,
              server.name() + " is a standby: promote it, or name the primary"));
    return seen.usable < Schemas.of(at.place()).names().size() ? unusable(sql) : Optional.empty();
  }

  /// @throws SQLException 3F000 when a schema is missing
  private Optional<Failure> unusable(Sql sql) throws SQLException {
    for (var schema : Schemas.of(attachment().place()).names())
      if (!sql.holds("SELECT pg_catalog.has_schema_privilege(current_user, $1, 'USAGE')", schema))
        return refused("may not use its schema");
    return Optional.empty();
  }

  /// What it lacks in a schema of what its level promises.
  private Optional<Failure> lacking(Sql sql, String schema) throws SQLException {
    var at = attachment();
    if (granted) return Optional.empty();
    var lacking = lacking(sql, schema, at.access());
    if (lacking.isPresent()) return lacking("lacks rights on " + name(schema, lacking.get()));
    return new RoutineGrants(schema, Roles.of(registry.marks(), at.place()))
            .complete(sql, at.access())
        ? Optional.empty()
        : lacking("may not execute what relations of schema %s call".formatted(schema));
  }

  /// Of `has_table_privilege` a list of privileges asks for any one of them.
  private static String privileges(Access access) {
    var all = new StringJoiner(" AND ");
    var privileges = access == Access.ReadOnly ? List.of("SELECT") : WRITES;
    for (var privilege : privileges)
      all.add("pg_catalog.has_table_privilege(c.oid, '%s')".formatted(privilege));
    return all.toString();
  }

  /// A relation that can be granted: its owner is one for whom the administrator may act, or a
  /// login of ours.
  private Optional<String> lacking(Sql sql, String schema, Access access) throws SQLException {
    return sql
        .query(
            LACKING.formatted(privileges(access)),
            row ->
                row.getBoolean(4)
                        || LoginMark.ofLogin(registry.marks(), row.getString(2), row.getString(3))
                    ? Optional.of(row.getString(1))
                    : Optional.<String>empty(),
            server.adminUser(),
            server.adminUser(),
            schema)
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static String name(String schema, String relation) throws SQLException {
    return Sql.name(schema) + "." + Sql.name(ServerText.clean(relation));
  }

  private Optional<Failure> lacking(String what) {
    return Optional.of(
        new Failure(
            Reason.PrivilegesIncomplete,
            "on %s the login %s: it is granted again".formatted(server.name(), what)));
  }

  private Optional<Failure> refused(String why) {
    return Optional.of(
        new Failure(Reason.LoginRefused, "on " + server.name() + " the login " + why));
  }
}
