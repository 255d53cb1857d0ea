package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.model.Finding;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/// Logins that are locked and could not be dropped.
record KeptLogins(Marks marks) {
  private static final int MOST = 100;

  private static final String QUERY =
      """
      SELECT r.rolname, d.description FROM pg_catalog.pg_shdescription d
        JOIN pg_catalog.pg_roles r ON r.oid = d.objoid
       WHERE d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
         AND NOT r.rolcanlogin AND d.description LIKE '%"kept"%'
       ORDER BY r.rolname LIMIT\s
      """
          + MOST;

  Optional<Finding> finding(Sql sql) throws SQLException {
    var kept =
        sql.query(QUERY, row -> Map.entry(row.getString(1), row.getString(2))).stream()
            .flatMap(role -> mark(role.getKey(), role.getValue()).stream())
            .toList();
    if (kept.isEmpty()) return Optional.empty();
    var first = kept.getFirst();
    return Optional.of(
        new Finding(
            Finding.Id.LoginKept,
            "%d locked logins of services that left could not be dropped, %s among them: it %s"
                .formatted(kept.size(), first.getKey(), first.getValue().kept()),
            "in that database, REASSIGN OWNED BY %1$s TO a role of yours, then DROP OWNED BY %1$s; then DROP ROLE %1$s"
                .formatted(Sql.name(first.getKey()))));
  }

  private Optional<Map.Entry<String, LoginMark>> mark(String role, String text) {
    return marks
        .read(role, text)
        .map(LoginMark::new)
        .filter(mark -> mark.ofLogin() && !mark.kept().isEmpty())
        .map(mark -> Map.entry(role, mark));
  }
}
