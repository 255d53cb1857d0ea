package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The rights of the groups on the relations that are there.
record RelationGrants(Scope.Schema place, Roles roles) {
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

  List<String> owners(Sql sql) throws SQLException {
    return sql.query(
        "SELECT DISTINCT pg_catalog.pg_get_userbyid(c.relowner) FROM " + RELATIONS + " ORDER BY 1",
        row -> row.getString(1),
        place.first());
  }

  /// Grants what the groups lack of one owner's, for whom the session acts. Page by page: a result
  /// of all of them would not fit into the driver's bounds.
  void grant(Sql sql, String owner) throws SQLException {
    List<Relation> page;
    do {
      page = ungranted(sql, owner);
      for (var relation : page) for (var grant : grants(relation)) sql.run(grant);
    } while (page.size() == PAGE);
  }

  /// What the groups lack of one owner's.
  Optional<Lack> lack(Sql sql, String owner) throws SQLException {
    var first = ungranted(sql, owner).stream().findFirst();
    return first.isEmpty()
        ? Optional.empty()
        : Optional.of(new Lack(Sql.name(owner), grants(first.get())));
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
        place.first(),
        owner,
        roles.readOnly(),
        roles.readWrite(),
        roles.readOnly(),
        roles.readWrite(),
        roles.readWrite(),
        roles.readWrite());
  }

  List<String> grants(Relation relation) throws SQLException {
    var kind = relation.sequence() ? "SEQUENCE " : "TABLE ";
    var writes = relation.sequence() ? "USAGE" : "INSERT, UPDATE, DELETE";
    var name = Sql.name(place.first()) + "." + Sql.name(relation.name());
    var on = " ON " + kind + name + " TO ";
    return List.of(
        "GRANT SELECT" + on + Sql.name(roles.readOnly()),
        "GRANT " + writes + on + Sql.name(roles.readWrite()));
  }

  /// @param sequence whether it is one
  record Relation(String name, boolean sequence) {}
}
