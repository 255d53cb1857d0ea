package dev.backingservice.engine.jdbc;

import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.Line;
import java.sql.Connection;
import java.sql.SQLException;

/// A connection of a JDBC driver.
public record JdbcLine(Connection connection, Attempt attempt) implements Line {
  private static final int ANSWER_SECONDS = 2;

  /// What the server called itself at the login; empty text when the connection is gone.
  public String version() {
    try {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException | RuntimeException e) {
      return "";
    }
  }

  @Override
  public boolean alive() {
    try {
      return connection.isValid(ANSWER_SECONDS);
    } catch (SQLException | RuntimeException e) { // whatever the driver makes of an answer
      return false;
    }
  }

  @Override
  public boolean reset() {
    try {
      if (!connection.isClosed() && !connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return !connection.isClosed();
    } catch (SQLException | RuntimeException e) { // whatever the driver makes of an answer
      return false;
    }
  }

  @Override
  public void discard() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      return; // it is gone either way
    }
  }
}
