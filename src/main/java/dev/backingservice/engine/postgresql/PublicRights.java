package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Access;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerText;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What every role may do in the schemas of services, as it was seen when rights were last granted
/// there or a login was last tried: rights of PUBLIC are rights of each service, whatever its level
/// is (manual, "Privileges"). Databases that were made on 14 or older, or upgraded from there, let
/// everybody create in `public`; functions can be executed by everybody unless that is revoked.
final class PublicRights {
  /// The tenant's own operators are in this database. What an extension brought is left to it.
  private static final String LOOK =
      """
      SELECT 'Create', '' FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
       WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
         AND a.privilege_type OPERATOR(pg_catalog.=) 'CREATE'
      UNION ALL (
      SELECT 'Write', c.relname::pg_catalog.text FROM
      """
          + RelationGrants.RELATIONS
          + """
         AND EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a
                      WHERE a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
                        AND a.privilege_type OPERATOR(pg_catalog.=) ANY ('{INSERT,UPDATE,DELETE,TRUNCATE}'::pg_catalog.text[]))
       ORDER BY 2 LIMIT 1)
      UNION ALL (
      SELECT 'Execute', p.proname::pg_catalog.text
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
       WHERE n.nspname OPERATOR(pg_catalog.=) $2 AND p.prosecdef
         AND (p.proacl IS NULL OR EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) a
                                           WHERE a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid))
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                          WHERE e.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
                            AND e.objid OPERATOR(pg_catalog.=) p.oid AND e.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
       ORDER BY 2 LIMIT 1)
      UNION ALL (
      SELECT 'LargeObject', m.oid::pg_catalog.text
        FROM pg_catalog.pg_largeobject_metadata m, pg_catalog.aclexplode(m.lomacl) a
       WHERE m.lomacl IS NOT NULL AND a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
       ORDER BY 2 LIMIT 1)""";

  private final Map<Server, Map<Scope.Schema, List<Right>>> seen = new ConcurrentHashMap<>();

  /// What kind of right it is.
  enum Kind {
    Create,
    Write,
    Execute,
    LargeObject
  }

  /// @param object as the server says it; empty for the schema itself
  record Right(Kind kind, String object) {
    String sentence(Scope.Schema in) {
      return switch (kind) {
        case Create -> "create objects in schema " + in.first();
        case Write -> "change the rows of \"%s\"".formatted(object);
        case Execute -> "execute function \"%s\" with the rights of its owner".formatted(object);
        case LargeObject -> "use large object %s".formatted(object);
      };
    }

    /// What takes it away. Names are the tenant's: where one needs quotes, people look themselves.
    String remedy(Scope.Schema in) throws SQLException {
      var schema = Sql.name(in.first());
      return switch (kind) {
        case Create -> "REVOKE CREATE ON SCHEMA %s FROM PUBLIC".formatted(schema);
        case Write ->
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s.%s FROM PUBLIC"
                .formatted(schema, Sql.name(object));
        case Execute ->
            "REVOKE EXECUTE ON FUNCTION … FROM PUBLIC, for each SECURITY DEFINER function of schema "
                + schema;
        case LargeObject -> "REVOKE ALL ON LARGE OBJECT … FROM PUBLIC";
      };
    }

    /// Whether a login of this level holds more by it than its level says.
    boolean beyond(Access access) {
      return switch (kind) {
        case Create -> access != Access.Owner;
        case Write -> access == Access.ReadOnly;
        case Execute, LargeObject -> false;
      };
    }
  }

  /// Looks from a session in the database.
  static List<Right> look(Sql sql, String schema) throws SQLException {
    return sql.query(
        LOOK,
        row -> new Right(Kind.valueOf(row.getString(1)), ServerText.clean(row.getString(2))),
        schema,
        schema,
        schema);
  }

  void saw(Server server, Scope.Schema schema, List<Right> rights) {
    var ofServer = seen.computeIfAbsent(server, _ -> new ConcurrentHashMap<>());
    if (rights.isEmpty()) ofServer.remove(schema);
    else ofServer.put(schema, List.copyOf(rights));
  }

  List<Right> seen(Server server, Scope.Schema schema) {
    return seen.getOrDefault(server, Map.of()).getOrDefault(schema, List.of());
  }

  /// Of one schema at a time, the first by name, and how many others there are.
  Optional<Finding> of(Server server) throws SQLException {
    var all = seen.getOrDefault(server, Map.of());
    var first = all.entrySet().stream().min(Comparator.comparing(e -> e.getKey().toString()));
    if (first.isEmpty()) return Optional.empty();
    var schema = first.get().getKey();
    var right = first.get().getValue().getFirst();
    return Optional.of(
        new Finding(
            Id.SchemaOpen,
            "in %s, every role may %s%s"
                .formatted(schema, right.sentence(schema), beside(all.size() - 1)),
            "in that database, " + right.remedy(schema)));
  }

  private static String beside(int others) {
    return others == 0 ? "" : "; %d other schemas are open as well".formatted(others);
  }

  void keep(Collection<Server> stillThere) {
    seen.keySet().retainAll(stillThere);
  }
}
