package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The grants of the group roles inside one database: on the schema, on what will be created in
/// it, and on what others created before. Runs in one transaction on a connection to that
/// database.
final class SchemaGrants {
  private static final List<String> FUTURE =
      List.of(
          "GRANT SELECT ON TABLES TO %2$s",
          "GRANT INSERT, UPDATE, DELETE ON TABLES TO %3$s",
          "GRANT SELECT ON SEQUENCES TO %2$s",
          "GRANT USAGE ON SEQUENCES TO %3$s");

  private final String server;
  private final Scope.Schema place;
  private final Roles roles;
  private final Marks marks;

  /// @param place one schema
  /// @param roles of all schemas that are used together
  SchemaGrants(String server, Scope.Schema place, Roles roles, Marks marks) {
    this.server = server;
    this.place = place;
    this.roles = roles;
    this.marks = marks;
  }

  /// What others have to grant; everything else is granted.
  ///
  /// @param schema without it no login is of use
  /// @param relations one of each owner
  record Lacking(Optional<Lack> schema, List<Lack> relations) {}

  Lacking ensure(Sql sql) throws SQLException, EngineException {
    var me = sql.one("SELECT current_user", row -> row.getString(1));
    var schemaOwner = schemaOwner(sql);
    var schema = onSchema(sql, schemaOwner);
    if (Administrator.actAs(sql, roles.owner())) {
      futureOf(sql, roles.owner(), true);
      new RoutineGrants(place.first(), roles).ensure(sql);
    }
    var relations = relations(sql, me, schemaOwner);
    sql.run("SET LOCAL ROLE NONE");
    return new Lacking(schema, relations);
  }

  /// What is there and what will come, of whoever may make relations there: the administrator, the
  /// owner of the schema, and everybody who has made some.
  private List<Lack> relations(Sql sql, String me, String schemaOwner) throws SQLException {
    var grants = new RelationGrants(place, roles);
    var owners = new TreeSet<>(grants.owners(sql));
    var makers = new TreeSet<>(owners);
    makers.addAll(List.of(me, schemaOwner));
    makers.remove(roles.owner());
    var lacks = new ArrayList<Lack>();
    if (owners.contains(roles.owner()) && Administrator.actAs(sql, roles.owner()))
      grants.grant(sql, roles.owner());
    for (var maker : makers) {
      boolean acts = actsAs(sql, maker, me);
      if (acts) futureOf(sql, maker, false);
      if (!owners.contains(maker)) continue;
      var lack = acts ? outside(sql, maker, schemaOwner) : grants.lack(sql, maker);
      if (lack.isPresent()) lacks.add(lack.get());
      else if (acts) grants.grant(sql, maker);
    }
    return lacks;
  }

  /// Whoever may not use the schema finds nothing in it, not even what it owns.
  private Optional<Lack> outside(Sql sql, String owner, String schemaOwner) throws SQLException {
    if (sql.holds(
        "SELECT pg_catalog.has_schema_privilege($1::name, s, 'USAGE') FROM (SELECT $2::text AS s) x",
        owner,
        place.first())) return Optional.empty();
    var grant =
        "GRANT USAGE ON SCHEMA %s TO %s".formatted(Sql.name(place.first()), Sql.name(owner));
    return Optional.of(new Lack(Sql.name(schemaOwner), List.of(grant)));
  }

  /// A login of ours may own what it made: whoever made the login may act for it.
  private boolean actsAs(Sql sql, String owner, String me) throws SQLException {
    if (Administrator.actAs(sql, owner)) return true;
    if (!ours(sql, owner)) return false;
    sql.run("SET LOCAL ROLE " + Sql.name(me));
    Memberships.grant(sql, owner, me, "WITH INHERIT FALSE, SET TRUE");
    return Administrator.actAs(sql, owner);
  }

  private boolean ours(Sql sql, String role) throws SQLException {
    return sql.first(
            "SELECT pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = $1",
            row -> String.valueOf(row.getString(1)),
            role)
        .filter(comment -> LoginMark.ofLogin(marks, role, comment))
        .isPresent();
  }

  private Optional<Lack> onSchema(Sql sql, String owner) throws SQLException {
    if (granted(sql)) return Optional.empty();
    var schema = Sql.name(place.first());
    var grants =
        List.of(
            "GRANT USAGE ON SCHEMA %s TO %s, %s"
                .formatted(schema, Sql.name(roles.readOnly()), Sql.name(roles.readWrite())),
            "GRANT USAGE, CREATE ON SCHEMA %s TO %s".formatted(schema, Sql.name(roles.owner())));
    if (Administrator.actAs(sql, owner)) for (var grant : grants) sql.run(grant);
    return granted(sql) ? Optional.empty() : Optional.of(new Lack(Sql.name(owner), grants));
  }

  private boolean granted(Sql sql) throws SQLException {
    return sql.holds(
        "SELECT pg_catalog.has_schema_privilege($1::name, s, 'USAGE') AND pg_catalog.has_schema_privilege($2::name, s, 'CREATE') AND pg_catalog.has_schema_privilege($3::name, s, 'USAGE') FROM (SELECT $4::text AS s) x",
        roles.readOnly(),
        roles.owner(),
        roles.owner(),
        place.first());
  }

  /// `pg_database_owner` stands for whoever owns the database.
  private String schemaOwner(Sql sql) throws SQLException, EngineException {
    return sql.first(
            """
            SELECT CASE WHEN pg_catalog.pg_get_userbyid(n.nspowner) = 'pg_database_owner'
                        THEN pg_catalog.pg_get_userbyid(d.datdba) ELSE pg_catalog.pg_get_userbyid(n.nspowner) END
              FROM pg_catalog.pg_namespace n, pg_catalog.pg_database d
             WHERE n.nspname = $1 AND d.datname = current_database()""",
            row -> row.getString(1),
            place.first())
        .orElseThrow(() -> missing(server, place));
  }

  static EngineException missing(String server, Scope.Schema schema) {
    return EngineException.of(
        Reason.SchemaMissing,
        "database %s on %s has no schema %s: create it"
            .formatted(schema.database(), server, schema.first()));
  }

  private void futureOf(Sql sql, String owner, boolean ours) throws SQLException {
    if (sql.holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_default_acl a JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace, pg_catalog.aclexplode(a.defaclacl) x WHERE a.defaclrole = $1::regrole AND n.nspname = $2 AND a.defaclobjtype = 'S' AND x.grantee = $3::regrole)",
        Sql.name(owner),
        place.first(),
        Sql.name(roles.readWrite()))) return;
    var role = "ALTER DEFAULT PRIVILEGES FOR ROLE %1$s ";
    for (var grant : FUTURE) run(sql, role + "IN SCHEMA %4$s " + grant, owner);
    if (!ours) return;
    run(sql, role + "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC", owner); // with IN SCHEMA: no effect
    run(sql, role + "REVOKE USAGE ON TYPES FROM PUBLIC", owner);
  }

  private void run(Sql sql, String format, String owner) throws SQLException {
    sql.run(
        format.formatted(
            Sql.name(owner),
            Sql.name(roles.readOnly()),
            Sql.name(roles.readWrite()),
            Sql.name(place.first())));
  }
}
