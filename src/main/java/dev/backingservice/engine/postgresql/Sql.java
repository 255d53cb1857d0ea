package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.jdbc.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.postgresql.PGStatement;
import org.postgresql.core.Utils;

/// Statements on one connection. Values are bound, identifiers quoted by the driver.
final class Sql extends Statements {
  /// Statements sent since the process started.
  static final LongAdder STATEMENTS = new LongAdder();

  private static final int MEMBERSHIP_OPTIONS = 16;

  Sql(Connection connection) {
    super(connection, STATEMENTS);
  }

  /// Whether memberships have options and grantors of their own (16 and newer). The server has said
  /// its version at the login.
  boolean modern() throws SQLException {
    try {
      return connection().getMetaData().getDatabaseMajorVersion() >= MEMBERSHIP_OPTIONS;
    } catch (NumberFormatException e) { // what the server said is no version
      throw new Unexpected(e);
    }
  }

  /// Its plan is not kept.
  @Override
  protected Statement once() throws SQLException {
    var statement = super.once();
    statement.unwrap(PGStatement.class).setPrepareThreshold(0);
    return statement;
  }

  /// Changes several things in one round trip.
  void run(List<String> statements) throws SQLException {
    if (!statements.isEmpty()) run(String.join(";\n", statements));
  }

  /// An identifier, quoted.
  static String name(String identifier) throws SQLException {
    return Utils.escapeIdentifier(null, identifier).toString();
  }

  /// A text, quoted; sessions pin `standard_conforming_strings`.
  static String text(String value) throws SQLException {
    return "'" + Utils.escapeLiteral(null, value, true) + "'";
  }
}
