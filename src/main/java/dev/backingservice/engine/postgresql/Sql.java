package dev.backingservice.engine.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Utils;

/// Statements on one connection. Values are bound, identifiers quoted by the driver.
final class Sql {
  /// Statements sent since the process started.
  static final LongAdder STATEMENTS = new LongAdder();

  private final Connection connection;

  Sql(Connection connection) {
    this.connection = connection;
  }

  /// Reads rows. Parameters are written `$1`, `$2`, …; each once and in order.
  <T> List<T> query(String sql, Row<T> row, Object... parameters) throws SQLException {
    STATEMENTS.increment();
    try (var statement = connection.prepareStatement(sql.replaceAll("\\$\\d+", "?"))) {
      bind(statement, parameters);
      return rows(statement, row);
    }
  }

  /// A server that answers anything must not look like a bug of ours.
  private static <T> List<T> rows(PreparedStatement statement, Row<T> row) throws SQLException {
    try (var results = statement.executeQuery()) {
      var rows = new ArrayList<T>();
      while (results.next()) rows.add(Objects.requireNonNull(row.read(results)));
      return rows;
    } catch (RuntimeException e) {
      throw new Unexpected(e);
    }
  }

  /// Reads at most one row.
  <T> Optional<T> first(String sql, Row<T> row, Object... parameters) throws SQLException {
    return query(sql, row, parameters).stream().findFirst();
  }

  /// Reads what a server always has.
  <T> T one(String sql, Row<T> row, Object... parameters) throws SQLException {
    return first(sql, row, parameters).orElseThrow(() -> new Unexpected(null));
  }

  /// Reads one truth.
  boolean holds(String sql, Object... parameters) throws SQLException {
    return first(sql, row -> row.getBoolean(1), parameters).orElse(false);
  }

  /// Changes something.
  void run(String sql) throws SQLException {
    STATEMENTS.increment();
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Changes several things in one round trip.
  void run(List<String> statements) throws SQLException {
    if (!statements.isEmpty()) run(String.join(";\n", statements));
  }

  private void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i] instanceof String[] texts)
        statement.setArray(i + 1, connection.createArrayOf("text", texts));
      else statement.setObject(i + 1, parameters[i]);
    }
  }

  /// An identifier, quoted.
  static String name(String identifier) throws SQLException {
    return Utils.escapeIdentifier(null, identifier).toString();
  }

  /// A text, quoted; sessions pin `standard_conforming_strings`.
  static String text(String value) throws SQLException {
    return "'" + Utils.escapeLiteral(null, value, true) + "'";
  }

  /// An answer that PostgreSQL does not give, as a protocol violation (manual, appendix A).
  static final class Unexpected extends SQLException {
    private static final long serialVersionUID = 1;

    Unexpected(@Nullable Throwable cause) {
      super("an answer that PostgreSQL does not give", "08P01", cause);
    }
  }

  /// Reads one row; never null.
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }
}
