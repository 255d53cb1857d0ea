package dev.backingservice.engine.mysql;

import dev.backingservice.engine.jdbc.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Statements on one connection. Values are bound; sessions pin the rules of quoting.
final class Sql extends Statements {
  /// Statements sent since the process started.
  static final LongAdder STATEMENTS = new LongAdder();

  Sql(Connection connection) {
    super(connection, STATEMENTS);
  }

  /// Far more than the most rows of [FrameGuard] have.
  @Override
  protected int mostCharacters() {
    return 4 << 20;
  }

  /// Makes something unless it is there.
  ///
  /// @return whether it was made, beyond doubt: a server may keep its notes to itself
  boolean made(String sql) throws SQLException {
    run(sql);
    return holds("SELECT @@warning_count = 0 AND @@sql_notes = 1 AND @@max_error_count > 0");
  }

  Dialect dialect() throws SQLException {
    return Dialect.of(connection().getMetaData().getDatabaseProductVersion());
  }

  /// The connection is given up: what it holds on the server ends with it.
  void abandon() throws SQLException {
    connection().abort(Runnable::run);
  }

  /// An identifier, quoted.
  static String name(String identifier) {
    return "`" + identifier.replace("`", "``") + "`";
  }

  /// A database in a grant, where `_` and `%` would match anything.
  static String scope(String database) {
    return name(database.replace("_", "\\_").replace("%", "\\%")) + ".*";
  }

  /// An account of ours: its name, from everywhere.
  static String account(String login) {
    return name(login) + "@`%`";
  }

  /// As many parameters as there are values, for `IN`.
  static String list(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  static Object[] values(Collection<String> values) {
    return List.copyOf(values).toArray();
  }
}
