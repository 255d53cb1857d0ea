package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.MarkStore;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The marks of a server: of logins, databases, claims, and the leader's term. They lie in a table
/// of the operator's own database, and go with the accounts wherever those are replicated or
/// restored. Where the administrator may not have that database, they lie in the store, and move
/// when it may.
///
/// @param tables the servers whose table was seen: whoever may not read it any more knows nothing,
///     and does not begin anew
record MarkTable(Sql sql, Marks marks, Server server, MarkStore store, Set<Server> tables) {
  /// Nobody but the administrator may use it.
  static final String DATABASE = "backingservice";

  private static final int PAGE = 500;

  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS backingservice.marks (
        name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
        mark VARCHAR(2000) CHARACTER SET ascii NOT NULL
      ) ENGINE = InnoDB""";

  /// A mark and whose it is.
  record Row(String name, String mark) {}

  /// The marks with our seal, by name.
  Map<String, Map<String, String>> find(Collection<String> names)
      throws SQLException, EngineException {
    var found = new TreeMap<String, Map<String, String>>();
    for (var row : rows(names))
      marks.read(row.name, row.mark).ifPresent(fields -> found.put(row.name, fields));
    return found;
  }

  Optional<Map<String, String>> find(String name) throws SQLException, EngineException {
    return Optional.ofNullable(find(List.of(name)).get(name));
  }

  private List<Row> rows(Collection<String> names) throws SQLException, EngineException {
    try {
      return rows(
          "SELECT name, mark FROM backingservice.marks WHERE name IN (%s)"
              .formatted(Sql.list(names)),
          Sql.values(names));
    } catch (SQLException e) {
      if (!elsewhere(e)) throw e;
      return rows(store.find(server.name(), names));
    }
  }

  /// A page of them, in the order of names.
  ///
  /// @param after what the last page ended with; empty text for the first one
  /// @return an empty list after the last page
  List<Row> page(String after) throws SQLException, EngineException {
    try {
      return rows(
          "SELECT name, mark FROM backingservice.marks WHERE name > ? ORDER BY name LIMIT " + PAGE,
          after);
    } catch (SQLException e) {
      if (!elsewhere(e)) throw e;
      return rows(store.all(server.name()).tailMap(after + " "));
    }
  }

  private List<Row> rows(String query, Object... parameters) throws SQLException {
    var rows = sql.query(query, row -> new Row(row.getString(1), row.getString(2)), parameters);
    tables.add(server);
    return rows;
  }

  private static List<Row> rows(Map<String, String> kept) {
    return kept.entrySet().stream().map(e -> new Row(e.getKey(), e.getValue())).toList();
  }

  /// Whether there is no table, be it not yet or not for this administrator.
  private boolean elsewhere(SQLException e) throws EngineException {
    if (MySqlErrors.denied(e) && tables.contains(server)) throw tooWeak();
    return MySqlErrors.missing(e) || MySqlErrors.denied(e);
  }

  void put(String name, Map<String, String> fields) throws SQLException, EngineException {
    var mark = marks.write(name, fields);
    try {
      if (!write(name, mark)) {
        create();
        write(name, mark);
      }
    } catch (SQLException e) {
      if (!MySqlErrors.denied(e)) throw e;
      if (tables.contains(server) || readable()) throw tooWeak();
      store.put(server.name(), name, mark);
    }
  }

  private boolean readable() {
    try {
      return !rows("SELECT name, mark FROM backingservice.marks LIMIT 1").isEmpty();
    } catch (SQLException e) {
      return false;
    }
  }

  private EngineException tooWeak() {
    return EngineException.of(
        Reason.AdminTooWeak,
        "the administrator of %s may not read and write the operator's marks any more: GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON %s.* TO the administrator"
            .formatted(server.name(), DATABASE));
  }

  /// @return false when there is no table
  private boolean write(String name, String mark) throws SQLException {
    try {
      sql.change("REPLACE INTO backingservice.marks (name, mark) VALUES (?, ?)", name, mark);
      return true;
    } catch (SQLException e) {
      if (!MySqlErrors.missing(e)) throw e;
      return false;
    }
  }

  private void create() throws SQLException, EngineException {
    sql.run("CREATE DATABASE IF NOT EXISTS " + DATABASE);
    sql.run(CREATE);
    for (var kept : store.all(server.name()).entrySet()) write(kept.getKey(), kept.getValue());
  }

  void remove(String name) throws SQLException, EngineException {
    try {
      sql.change("DELETE FROM backingservice.marks WHERE name = ?", name);
    } catch (SQLException e) {
      if (!elsewhere(e)) throw e;
      store.remove(server.name(), name);
    }
  }
}
