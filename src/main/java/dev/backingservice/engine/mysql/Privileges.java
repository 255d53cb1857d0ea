package dev.backingservice.engine.mysql;

import dev.backingservice.model.Access;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The privileges of each level on a database, under the servers' own names (MySQL manual,
/// "Privileges Provided by MySQL"; MariaDB manual, "GRANT").
final class Privileges {
  private static final List<String> READ = List.of("SELECT", "SHOW VIEW");

  private static final List<String> WRITE =
      List.of("INSERT", "UPDATE", "DELETE", "EXECUTE", "CREATE TEMPORARY TABLES");

  private static final List<String> OWN =
      List.of(
          "CREATE",
          "DROP",
          "REFERENCES",
          "INDEX",
          "ALTER",
          "LOCK TABLES",
          "CREATE VIEW",
          "CREATE ROUTINE",
          "ALTER ROUTINE",
          "EVENT",
          "TRIGGER");

  /// Everything that there is on a database. MariaDB has more than any level, and more with each
  /// version.
  static final String ALL = "ALL PRIVILEGES";

  private Privileges() {}

  static Set<String> of(Access access) {
    var all = new TreeSet<>(READ);
    if (access != Access.ReadOnly) all.addAll(WRITE);
    if (access == Access.Owner) all.addAll(OWN);
    return all;
  }

  /// What a level lacks of the highest one.
  static SortedSet<String> beyond(Access access) {
    var all = new TreeSet<>(of(Access.Owner));
    all.removeAll(of(access));
    return all;
  }

  /// The privileges of a line of SHOW GRANTS; columns are left out.
  static Set<String> read(String list, Dialect dialect) {
    var read = new TreeSet<String>();
    int depth = 0;
    var word = new StringBuilder();
    for (char c : (list + ",").toCharArray()) {
      if (c == '(') depth++;
      else if (c == ')') depth--;
      else if (depth > 0) continue;
      else if (c != ',') word.append(c);
      else {
        read.add(word.toString().strip());
        word.setLength(0);
      }
    }
    read.remove("USAGE");
    if (!read.contains(ALL)) return read;
    read.addAll(of(Access.Owner));
    if (dialect == Dialect.MySQL) read.remove(ALL);
    return read;
  }

  static String list(Set<String> privileges) {
    return String.join(", ", privileges);
  }

  /// What the administrator has to hold with GRANT OPTION to give a level.
  static String grant(Access access, String database, String to) {
    return "GRANT %s ON %s TO %s WITH GRANT OPTION"
        .formatted(list(of(access)), Sql.scope(database), to);
  }

  /// Those of `wanted` that are lacking.
  static Set<String> lacking(Set<String> wanted, Set<String> held) {
    var lacking = new TreeSet<>(wanted);
    lacking.removeAll(held);
    return lacking;
  }

  /// All of both.
  static Set<String> union(Set<String> one, Set<String> other) {
    return new TreeSet<>(Stream.concat(one.stream(), other.stream()).toList());
  }
}
