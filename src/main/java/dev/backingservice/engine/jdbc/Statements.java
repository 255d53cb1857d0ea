package dev.backingservice.engine.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Statements on one connection. Values are bound. A server that answers anything makes a driver
/// throw anything, and must not look like a bug of ours.
public abstract class Statements {
  private static final Pattern PARAMETER = Pattern.compile("\\$\\d+");
  private final Connection connection;
  private final LongAdder counter;

  /// @param counter of statements sent
  protected Statements(Connection connection, LongAdder counter) {
    this.connection = connection;
    this.counter = counter;
  }

  /// Reads rows. Parameters are written `$1`, `$2`, …; each once and in order.
  public <T> List<T> query(String sql, Row<T> row, Object... parameters) throws SQLException {
    counter.increment();
    try (var statement = connection.prepareStatement(PARAMETER.matcher(sql).replaceAll("?"))) {
      bind(statement, parameters);
      return rows(statement, row);
    } catch (RuntimeException e) {
      throw new Unexpected(e);
    }
  }

  private static <T> List<T> rows(PreparedStatement statement, Row<T> row) throws SQLException {
    try (var results = statement.executeQuery()) {
      var rows = new ArrayList<T>();
      var values = new Values(results);
      while (results.next()) rows.add(Objects.requireNonNull(row.read(values)));
      return rows;
    }
  }

  /// Reads at most one row.
  public <T> Optional<T> first(String sql, Row<T> row, Object... parameters) throws SQLException {
    return query(sql, row, parameters).stream().findFirst();
  }

  /// Reads what a server always has.
  public <T> T one(String sql, Row<T> row, Object... parameters) throws SQLException {
    return first(sql, row, parameters).orElseThrow(() -> new Unexpected(null));
  }

  /// Reads one truth.
  public boolean holds(String sql, Object... parameters) throws SQLException {
    return first(sql, row -> row.getBoolean(1), parameters).orElse(false);
  }

  /// Changes something.
  public void run(String sql) throws SQLException {
    counter.increment();
    try (var statement = once()) {
      statement.execute(sql);
    } catch (RuntimeException e) {
      throw new Unexpected(e);
    }
  }

  /// For a statement that is sent once.
  protected Statement once() throws SQLException {
    return connection.createStatement();
  }

  /// Ends a transaction.
  public void commit() throws SQLException {
    try {
      connection.commit();
    } catch (RuntimeException e) {
      throw new Unexpected(e);
    }
  }

  /// Takes a transaction back, unless the connection is gone.
  public void rollback() throws SQLException {
    try {
      if (!connection.isClosed()) connection.rollback();
    } catch (RuntimeException e) {
      throw new Unexpected(e);
    }
  }

  /// The connection itself, for what only one driver has.
  protected final Connection connection() {
    return connection;
  }

  /// Another statement was sent.
  protected final void count() {
    counter.increment();
  }

  private void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i] instanceof String[] texts)
        statement.setArray(i + 1, connection.createArrayOf("text", texts));
      else statement.setObject(i + 1, parameters[i]);
    }
  }

  /// An answer that no server of the engine gives: a protocol violation.
  public static final class Unexpected extends SQLException {
    private static final long serialVersionUID = 1;

    public Unexpected(@Nullable Throwable cause) {
      super("an answer that no such server gives", "08P01", cause);
    }
  }

  /// Reads one row; never null.
  @FunctionalInterface
  public interface Row<T> {
    T read(Values row) throws SQLException;
  }
}
