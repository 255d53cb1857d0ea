package dev.backingservice.engine.postgresql;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// What keeps a role from being dropped (manual, catalog pg_shdepend).
final class Dependencies {
  private static final String OWNS =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid WHERE r.rolname = $1 AND d.deptype = 'o')";

  private static final String ELSEWHERE =
      """
      SELECT EXISTS (
        SELECT FROM pg_catalog.pg_shdepend s
          JOIN pg_catalog.pg_roles r ON r.oid = s.refobjid
          JOIN pg_catalog.pg_database d ON d.oid = s.dbid
         WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname = $1
           AND d.datname <> $2)""";

  private static final String DATABASES =
      """
      SELECT DISTINCT d.datname FROM pg_catalog.pg_shdepend s
        JOIN pg_catalog.pg_roles r ON r.oid = s.refobjid
        JOIN pg_catalog.pg_database d ON d.oid = s.dbid
       WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname = $1
       ORDER BY 1 LIMIT 5""";

  private static final String LEFT =
      """
      SELECT coalesce('database ' || d.datname, 'what all databases share') FROM pg_catalog.pg_shdepend s
        JOIN pg_catalog.pg_roles r ON r.oid = s.refobjid
        LEFT JOIN pg_catalog.pg_database d ON d.oid = s.dbid
       WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname = $1
       LIMIT 1""";

  private Dependencies() {}

  /// Whether it owns something, in whatever database.
  static boolean owns(Sql sql, String role) throws SQLException {
    return sql.holds(OWNS, role);
  }

  /// The databases in which something depends on it, at most five.
  static List<String> databases(Sql sql, String role) throws SQLException {
    return sql.query(DATABASES, row -> row.getString(1), role);
  }

  /// Where something depends on it still, such as a grant that somebody else made: only whoever
  /// made it takes it back.
  static Optional<String> left(Sql sql, String role) throws SQLException {
    return sql.first(LEFT, row -> row.getString(1), role);
  }

  /// Whether something in another database than this one depends on it.
  static boolean elsewhere(Sql sql, String role, String database) throws SQLException {
    return sql.holds(ELSEWHERE, role, database);
  }
}
