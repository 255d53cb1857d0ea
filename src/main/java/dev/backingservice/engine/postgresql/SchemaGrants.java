package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The grants of the group roles inside one database: on the schema, on what will be created in
/// it, and on what others created before. Runs in one transaction on a connection to that
/// database.
final class SchemaGrants {
  /// Relations of ours or of others: what an extension brought, it grants itself.
  static final String RELATIONS =
      """
      pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
       WHERE n.nspname OPERATOR(pg_catalog.=) $1
         AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f,S}'::pg_catalog."char"[])
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                          WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                            AND e.objid OPERATOR(pg_catalog.=) c.oid AND e.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
      """;

  private static final int PAGE = 1000;

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

  SchemaGrants(Place at, Marks marks) {
    this.server = at.server();
    this.place = Schemas.of(at);
    this.roles = marks.roles(at);
    this.marks = marks;
  }

  /// @return what others have to grant; everything else is granted
  Optional<EngineException> ensure(Sql sql) throws SQLException, EngineException {
    var me = sql.one("SELECT current_user", row -> row.getString(1));
    onSchema(sql);
    if (Administrator.actAs(sql, roles.owner())) futureOf(sql, roles.owner(), true);
    var refused = new TreeMap<String, Relation>();
    for (var owner : legacyOwners(sql)) {
      if (actsAs(sql, owner, me)) {
        futureOf(sql, owner, false);
        present(sql, owner);
      } else {
        ungranted(sql, owner).stream().findFirst().ifPresent(r -> refused.put(owner, r));
      }
    }
    sql.run("SET LOCAL ROLE NONE");
    return refused.isEmpty() ? Optional.empty() : Optional.of(incomplete(refused));
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
    return marks.of(sql, role).filter(mark -> "login".equals(mark.get("kind"))).isPresent();
  }

  private void onSchema(Sql sql) throws SQLException, EngineException {
    if (granted(sql)) return;
    if (Administrator.actAs(sql, schemaOwner(sql))) {
      var schema = Sql.name(place.schema());
      sql.run("GRANT USAGE, CREATE ON SCHEMA %s TO %s".formatted(schema, Sql.name(roles.owner())));
      sql.run(
          "GRANT USAGE ON SCHEMA %s TO %s, %s"
              .formatted(schema, Sql.name(roles.readOnly()), Sql.name(roles.readWrite())));
    }
    if (granted(sql)) return;
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "on %s the administrator may not grant on schema %s of %s: let its owner run GRANT USAGE ON SCHEMA %s TO %s and GRANT USAGE, CREATE ON SCHEMA %s TO %s"
            .formatted(
                server,
                place.schema(),
                place.database(),
                place.schema(),
                roles.readOnly(),
                place.schema(),
                roles.owner()));
  }

  private boolean granted(Sql sql) throws SQLException {
    return sql.holds(
        "SELECT pg_catalog.has_schema_privilege($1::name, s, 'USAGE') AND pg_catalog.has_schema_privilege($2::name, s, 'CREATE') AND pg_catalog.has_schema_privilege($3::name, s, 'USAGE') FROM (SELECT $4::text AS s) x",
        roles.readOnly(),
        roles.owner(),
        roles.owner(),
        place.schema());
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
            place.schema())
        .orElseThrow(() -> missing(new Place(server, place)));
  }

  static EngineException missing(Place at) {
    return EngineException.of(
        Reason.SchemaMissing,
        "database %s on %s has no schema %s: create it"
            .formatted(Schemas.of(at).database(), at.server(), Schemas.of(at).schema()));
  }

  private void futureOf(Sql sql, String owner, boolean ours) throws SQLException {
    if (sql.holds(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_default_acl a JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace, pg_catalog.aclexplode(a.defaclacl) x WHERE a.defaclrole = $1::regrole AND n.nspname = $2 AND a.defaclobjtype = 'S' AND x.grantee = $3::regrole)",
        Sql.name(owner),
        place.schema(),
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
            Sql.name(place.schema())));
  }

  private List<String> legacyOwners(Sql sql) throws SQLException {
    return sql.query(
        "SELECT DISTINCT pg_catalog.pg_get_userbyid(c.relowner) FROM " + RELATIONS + " ORDER BY 1",
        row -> row.getString(1),
        place.schema());
  }

  /// Page by page: a result of all of them would not fit into the driver's bounds.
  private void present(Sql sql, String owner) throws SQLException {
    List<Relation> page;
    do {
      page = ungranted(sql, owner);
      for (var relation : page) for (var grant : grants(relation)) sql.run(grant);
    } while (page.size() == PAGE);
  }

  private List<Relation> ungranted(Sql sql, String owner) throws SQLException {
    return sql.query(
        """
        SELECT c.relname, c.relkind = 'S' FROM
        """
            + RELATIONS
            + """
           AND pg_catalog.pg_get_userbyid(c.relowner) = $2
           AND NOT CASE WHEN c.relkind = 'S'
                 THEN pg_catalog.has_sequence_privilege($3::name, c.oid, 'SELECT')
                  AND pg_catalog.has_sequence_privilege($4::name, c.oid, 'USAGE')
                 ELSE pg_catalog.has_table_privilege($5::name, c.oid, 'SELECT')
                  AND pg_catalog.has_table_privilege($6::name, c.oid, 'INSERT')
                  AND pg_catalog.has_table_privilege($7::name, c.oid, 'UPDATE')
                  AND pg_catalog.has_table_privilege($8::name, c.oid, 'DELETE') END
         LIMIT %d"""
                .formatted(PAGE),
        row -> new Relation(row.getString(1), row.getBoolean(2)),
        place.schema(),
        owner,
        roles.readOnly(),
        roles.readWrite(),
        roles.readOnly(),
        roles.readWrite(),
        roles.readWrite(),
        roles.readWrite());
  }

  /// Names the grants on one relation of one owner. Nothing is to be given to the administrator:
  /// whoever owns a relation runs what its rules, triggers and indexes call.
  private EngineException incomplete(Map<String, Relation> refused) throws SQLException {
    var first = refused.entrySet().iterator().next();
    return EngineException.of(
        Reason.PrivilegesIncomplete,
        "in database %s on %s, %s belongs to %s, for whom the administrator may not act%s: let its owner run %s"
            .formatted(
                place.database(),
                server,
                name(first.getValue()),
                Sql.name(first.getKey()),
                refused.size() == 1 ? "" : " (nor for other owners there)",
                String.join("; ", grants(first.getValue()))));
  }

  private String name(Relation relation) throws SQLException {
    return Sql.name(place.schema()) + "." + Sql.name(relation.name());
  }

  private List<String> grants(Relation relation) throws SQLException {
    var kind = relation.sequence() ? "SEQUENCE " : "TABLE ";
    var writes = relation.sequence() ? "USAGE" : "INSERT, UPDATE, DELETE";
    var on = " ON " + kind + name(relation) + " TO ";
    return List.of(
        "GRANT SELECT" + on + Sql.name(roles.readOnly()),
        "GRANT " + writes + on + Sql.name(roles.readWrite()));
  }

  private record Relation(String name, boolean sequence) {}
}
