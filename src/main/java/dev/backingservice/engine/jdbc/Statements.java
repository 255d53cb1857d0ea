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
/// throw anything, and must not look like a bug of ours: what the driver says then may be text of
/// the server, and the connection, half of an answer on it, is given up.
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
      throw unexpected(e);
    }
  }

  private <T> List<T> rows(PreparedStatement statement, Row<T> row) throws SQLException {
    try (var results = statement.executeQuery()) {
      var rows = new ArrayList<T>();
      var values = new Values(results, mostCharacters());
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
    driven(
        () -> {
          try (var statement = once()) {
            statement.execute(sql);
          }
        });
  }

  /// Changes something, with texts bound.
  ///
  /// @param sql with `?` for each of them
  public void change(String sql, String... texts) throws SQLException {
    counter.increment();
    driven(
        () -> {
          try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < texts.length; i++) statement.setString(i + 1, texts[i]);
            statement.execute();
          }
        });
  }

  /// The most characters of one answer; by default as many as a server may send bytes.
  protected int mostCharacters() {
    return 16 << 20;
  }

  /// For a statement that is sent once.
  protected Statement once() throws SQLException {
    return connection.createStatement();
  }

  /// Begins transactions: each statement after [#commit] or [#rollback] is of the next one.
  public void begin() throws SQLException {
    driven(() -> connection.setAutoCommit(false));
  }

  /// Ends a transaction.
  public void commit() throws SQLException {
    driven(connection::commit);
  }

  /// Takes a transaction back, unless the connection is gone. What cannot be taken back ends with
  /// the connection.
  public void rollback() throws SQLException {
    try {
      if (!connection.isClosed()) driven(connection::rollback);
    } catch (SQLException e) {
      abort(e);
      throw e;
    }
  }

  /// Begins no more transactions, unless the connection is gone. A driver commits what is open.
  public void end() throws SQLException {
    if (!connection.isClosed()) driven(() -> connection.setAutoCommit(true));
  }

  /// What a driver does.
  private interface Deed {
    void run() throws SQLException;
  }

  private void driven(Deed deed) throws SQLException {
    try {
      deed.run();
    } catch (RuntimeException e) {
      throw unexpected(e);
    }
  }

  private Unexpected unexpected(RuntimeException e) {
    abort(e);
    return new Unexpected(e);
  }

  private void abort(Exception why) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /// The connection itself, for what only one driver has.
  protected final Connection connection() {
    return connection;
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
