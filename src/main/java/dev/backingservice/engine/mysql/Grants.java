package dev.backingservice.engine.mysql;

import dev.backingservice.model.Access;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What an account holds, as SHOW GRANTS tells the account itself.
///
/// @param held on the database of its service
/// @param extra on objects of that database, beyond its level or to be handed on: each with the
///     object, as REVOKE names it
/// @param foreign everything else, in the server's words without what verifies a password
record Grants(Set<String> held, List<Extra> extra, List<String> foreign) {
  private static final String GRANT = "GRANT ";
  private static final String ON = " ON ";
  private static final String TO = " TO ";

  /// The most that an account of ours can hold of what anybody granted.
  private static final int MOST_LINES = 500;

  private static final int MOST_CHARS = 8192;

  static final String GRANT_OPTION = "GRANT OPTION";

  /// Privileges on an object that the account shall not have.
  record Extra(Set<String> privileges, String object) {}

  /// Of the account that `sql` is logged in as.
  static Grants read(Sql sql, String database, Access access) throws SQLException {
    var dialect = sql.dialect();
    var held = new TreeSet<String>();
    var extra = new ArrayList<Extra>();
    var foreign = new ArrayList<String>();
    var lines = sql.query("SHOW GRANTS", row -> row.getString(1));
    if (lines.size() > MOST_LINES) throw new Sql.Unexpected(null);
    for (var line : lines) {
      if (line.length() > MOST_CHARS) throw new Sql.Unexpected(null);
      int on = line.indexOf(ON);
      int to = line.lastIndexOf(TO);
      if (!line.startsWith(GRANT) || on < 0 || to < on) {
        foreign.add(discreet(line));
        continue;
      }
      var object = line.substring(on + ON.length(), to);
      var privileges = new TreeSet<>(Privileges.read(line.substring(GRANT.length(), on), dialect));
      boolean ours = object.equals(Sql.scope(database));
      if (ours) held.addAll(privileges);
      if (line.endsWith(" WITH " + GRANT_OPTION)) privileges.add(GRANT_OPTION);
      privileges.removeAll(ours || inside(object, database) ? Privileges.of(access) : Set.of());
      if (privileges.isEmpty()) continue;
      if (ours || inside(object, database)) extra.add(new Extra(privileges, object));
      else foreign.add(discreet(line));
    }
    held.retainAll(Privileges.of(access));
    return new Grants(held, List.copyOf(extra), List.copyOf(foreign));
  }

  /// Whether an object lies in a database: a table, a routine.
  private static boolean inside(String object, String database) {
    int at = object.indexOf('`');
    return at >= 0
        && object.substring(at).startsWith(Sql.name(database) + ".")
        && !object.endsWith(".*");
  }

  private static String discreet(String line) {
    return line.replaceAll("IDENTIFIED .*", "");
  }

  /// Whether it is exactly what a level has.
  boolean exactly(Access access) {
    return extra.isEmpty() && held.equals(Privileges.of(access));
  }
}
