package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.postgresql.RelationGrants.Relation;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The relations of a schema: those that services can use, and those that they cannot because the
/// administrator may not act for their owner.
record RelationNames(Scope.Schema scope, Roles roles, Marks marks) {
  private static final int PAGE = 5000;

  /// What comes after them in the order of names is not compared.
  private static final int MOST = 200_000;

  /// Of those that nobody can use, so many are told.
  private static final int MOST_CLOSED = 100;

  /// A result has a bound: names come by page, in the order of the type `name`.
  private static final String QUERY =
      """
      SELECT c.relname, c.relkind = 'S', pg_catalog.pg_get_userbyid(c.relowner),
             pg_catalog.shobj_description(c.relowner, 'pg_authid'),
             CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
                     THEN pg_catalog.pg_has_role(session_user, c.relowner, 'SET')
                     ELSE pg_catalog.pg_has_role(session_user, c.relowner, 'MEMBER') END
             OR EXISTS (SELECT FROM pg_catalog.pg_roles g
                         WHERE g.rolname = $1
                           AND CASE WHEN c.relkind = 'S'
                                    THEN pg_catalog.has_sequence_privilege(g.oid, c.oid, 'SELECT')
                                    ELSE pg_catalog.has_table_privilege(g.oid, c.oid, 'SELECT') END)
        FROM\s
      """
          + RelationGrants.RELATIONS.replace("$1", "$2")
          + " AND c.relname > $3 ORDER BY c.relname LIMIT "
          + PAGE;

  private record Named(Relation relation, String owner, boolean open) {}

  Inventory.Names read(Sql sql) throws SQLException {
    var names = new TreeSet<String>();
    var closed = new TreeMap<String, String>();
    int seen = 0;
    for (var page = page(sql, ""); !page.isEmpty() && seen < MOST; page = page(sql, last(page))) {
      for (var named : page) add(named, names, closed);
      seen += page.size();
    }
    return new Inventory.Names(names, closed);
  }

  private void add(Named named, TreeSet<String> names, Map<String, String> closed)
      throws SQLException {
    var name = named.relation.name();
    if (named.open) names.add(name);
    else if (closed.size() < MOST_CLOSED) {
      var grants = new RelationGrants(scope, roles).grants(named.relation);
      closed.put(name, new Lack(Sql.name(named.owner), grants).cure());
    }
  }

  private static String last(List<Named> page) {
    return page.getLast().relation.name();
  }

  private List<Named> page(Sql sql, String after) throws SQLException {
    return sql.query(
        QUERY,
        row ->
            new Named(
                new Relation(row.getString(1), row.getBoolean(2)),
                row.getString(3),
                row.getBoolean(5) || LoginMark.ofLogin(marks, row.getString(3), row.getString(4))),
        roles.readOnly(),
        scope.first(),
        after);
  }
}
