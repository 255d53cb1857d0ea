package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Access;
import java.sql.SQLException;
import java.util.Set;

/// The right of the groups to execute what the relations of a schema call, with the rights of
/// whoever uses the relation: views and policies call for those who read, and defaults,
/// constraints, expressions of indexes and partitions and conditions of triggers for those who
/// write. Every other routine of the Owner is the Owner's alone.
record RoutineGrants(String schema, Roles roles) {
  private static final String RELATION =
      """
      WITH RECURSIVE relation(oid) AS (
        SELECT c.oid FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
         WHERE n.nspname OPERATOR(pg_catalog.=) $1),
      part(classid, objid) AS (
        SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid, p.oid FROM pg_catalog.pg_rewrite p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.ev_class
        UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid, p.oid FROM pg_catalog.pg_policy p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.polrelid
      """;

  private static final String WRITTEN =
      """
        UNION ALL SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid, p.oid FROM pg_catalog.pg_attrdef p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.adrelid
        UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid, p.oid FROM pg_catalog.pg_constraint p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.conrelid
        UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, p.indexrelid FROM pg_catalog.pg_index p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.indrelid
        UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, r.oid FROM relation r
        UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid, p.oid FROM pg_catalog.pg_trigger p
          JOIN relation r ON r.oid OPERATOR(pg_catalog.=) p.tgrelid
      """;

  /// What they call, and what that calls as far as the server knows it (manual, catalog pg_depend):
  /// the body of a function is a text to it, unless it is written `BEGIN ATOMIC`. A routine that
  /// runs as its owner calls with its owner's rights.
  private static final String CALLED =
      """
      ),
      called(oid) AS (
        SELECT d.refobjid FROM pg_catalog.pg_depend d
          JOIN part p ON p.classid OPERATOR(pg_catalog.=) d.classid AND p.objid OPERATOR(pg_catalog.=) d.objid
         WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
        UNION SELECT d.refobjid FROM pg_catalog.pg_depend d
          JOIN called c ON c.oid OPERATOR(pg_catalog.=) d.objid
          JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) c.oid AND NOT f.prosecdef
         WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
           AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass)
      SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text FROM called c
        JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) c.oid
       WHERE p.prorettype OPERATOR(pg_catalog.<>) 'pg_catalog.trigger'::pg_catalog.regtype
         AND pg_catalog.pg_get_userbyid(p.proowner) OPERATOR(pg_catalog.=) $2
      """;

  private static final String BY_READERS = RELATION + CALLED;
  private static final String BY_WRITERS = RELATION + WRITTEN + CALLED;

  private static final String UNGRANTED =
      """
         AND pg_catalog.has_schema_privilege(p.pronamespace, 'USAGE')
         AND NOT pg_catalog.has_function_privilege($3::name, p.oid, 'EXECUTE') LIMIT 1000""";

  private static final String LACKING =
      """
         AND pg_catalog.has_schema_privilege(p.pronamespace, 'USAGE')
         AND NOT pg_catalog.has_function_privilege(p.oid, 'EXECUTE') LIMIT 1""";

  /// undefined_function, undefined_object, invalid_schema_name, insufficient_privilege
  private static final Set<String> HIDDEN =
      Set.of("42883", "42704", "3F000", PgErrors.INSUFFICIENT_PRIVILEGE);

  /// Grants what is lacking, as the Owner for whom the session acts.
  void ensure(Sql sql) throws SQLException {
    grant(sql, BY_READERS, roles.readOnly());
    grant(sql, BY_WRITERS, roles.readWrite());
  }

  private void grant(Sql sql, String called, String group) throws SQLException {
    for (var routine :
        sql.query(called + UNGRANTED, row -> row.getString(1), schema, roles.owner(), group))
      attempt(sql, "GRANT EXECUTE ON ROUTINE %s TO %s".formatted(routine, Sql.name(group)));
  }

  /// The Owner may hide or drop a routine meanwhile: that keeps nobody else from anything.
  private static void attempt(Sql sql, String grant) throws SQLException {
    sql.run("SAVEPOINT routine");
    try {
      sql.run(grant);
      sql.run("RELEASE SAVEPOINT routine");
    } catch (SQLException e) {
      if (!HIDDEN.contains(PgErrors.state(e))) throw e;
      sql.run("ROLLBACK TO SAVEPOINT routine");
    }
  }

  /// Whether the login of this session may execute all that its level needs.
  boolean complete(Sql sql, Access access) throws SQLException {
    var called = access == Access.ReadOnly ? BY_READERS : BY_WRITERS;
    return sql.first(called + LACKING, row -> row.getString(1), schema, roles.owner()).isEmpty();
  }
}
