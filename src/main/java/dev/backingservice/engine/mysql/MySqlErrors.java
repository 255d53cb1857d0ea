package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.Set;

/// Error numbers (MySQL manual, "Server Error Message Reference"; MariaDB manual, "MariaDB Error
/// Codes") and exceptions to reasons.
final class MySqlErrors {
  static final int NO_SUCH_TABLE = 1146;
  static final int NO_SUCH_DATABASE = 1049;

  /// A connection that is not there any more.
  static final int NO_SUCH_CONNECTION = 1094;

  private static final int DATABASE_DENIED = 1044;
  private static final int TABLE_DENIED = 1142;
  private static final int PRIVILEGE_NEEDED = 1227;
  private static final int REFUSED = 1045;
  private static final int NO_ACCOUNT = 1396;

  /// What the driver says where the server asks for an authentication that it does not do. MySQL
  /// asks for any where there is no such account.
  private static final String NOT_SUPPORTED = "Client does not support authentication protocol";

  private static final int READ_ONLY = 1290;
  private static final int IN_READ_ONLY_MODE = 1836;
  private static final int TOO_MANY = 1040;
  private static final int TOO_MANY_OF_ACCOUNT = 1226;
  private static final int TOO_MANY_OF_USER = 1203;
  private static final int EXPIRED = 1862;
  private static final int MUST_CHANGE = 1820;
  private static final int NO_SUCH_GRANT = 1141;
  private static final int NO_SUCH_TABLE_GRANT = 1147;
  private static final int NO_SUCH_ROUTINE_GRANT = 1403;

  private static final Set<Integer> OF_THE_LOGIN =
      Set.of(
          REFUSED,
          TOO_MANY,
          TOO_MANY_OF_ACCOUNT,
          TOO_MANY_OF_USER,
          DATABASE_DENIED,
          EXPIRED,
          MUST_CHANGE);

  private MySqlErrors() {}

  /// Whether the server speaks about the login itself: refused, locked, not for this database, or
  /// no connection free.
  static boolean aboutTheLogin(SQLException e) {
    return OF_THE_LOGIN.contains(e.getErrorCode())
        || Dialect.saysLocked(e.getErrorCode())
        || ConnectFailure.message(e).contains(NOT_SUPPORTED);
  }

  /// Whether a login has as many connections as it may.
  static boolean fullOfTheLogin(SQLException e) {
    return e.getErrorCode() == TOO_MANY_OF_ACCOUNT || e.getErrorCode() == TOO_MANY_OF_USER;
  }

  /// Whether no connection is free for anybody.
  static boolean crowded(SQLException e) {
    return e.getErrorCode() == TOO_MANY;
  }

  /// Whether a login is let in, but not to its database.
  static boolean notForTheDatabase(SQLException e) {
    return e.getErrorCode() == DATABASE_DENIED;
  }

  /// Whether a login may do nothing but change its password.
  static boolean expired(SQLException e) {
    return e.getErrorCode() == EXPIRED || e.getErrorCode() == MUST_CHANGE;
  }

  /// Whether there was nothing to revoke.
  static boolean nothingGranted(SQLException e) {
    return Set.of(NO_SUCH_GRANT, NO_SUCH_TABLE_GRANT, NO_SUCH_ROUTINE_GRANT)
        .contains(e.getErrorCode());
  }

  /// Whether there is no such account, or another reason not to alter it.
  static boolean notAltered(SQLException e) {
    return e.getErrorCode() == NO_ACCOUNT;
  }

  static boolean denied(SQLException e) {
    return Set.of(DATABASE_DENIED, TABLE_DENIED, PRIVILEGE_NEEDED).contains(e.getErrorCode());
  }

  static boolean missing(SQLException e) {
    return e.getErrorCode() == NO_SUCH_TABLE || e.getErrorCode() == NO_SUCH_DATABASE;
  }

  static boolean readOnly(SQLException e) {
    return e.getErrorCode() == READ_ONLY || e.getErrorCode() == IN_READ_ONLY_MODE;
  }

  /// A failed login: tells nobody there from somebody who refuses.
  static EngineException connecting(
      SQLException e, Attempt attempt, String where, Reason whenRefused) {
    var tls = ConnectFailure.ofTls(e, attempt, where);
    if (tls.isPresent()) return tls.get();
    if (e.getErrorCode() == NO_SUCH_DATABASE)
      return EngineException.of(
          Reason.DatabaseMissing,
          where
              + ": "
              + ConnectFailure.quoted(ConnectFailure.message(e))
              + cure(Reason.DatabaseMissing));
    if (aboutTheLogin(e) && !crowded(e))
      return EngineException.of(
          whenRefused,
          where
              + " refuses the login: "
              + ConnectFailure.quoted(ConnectFailure.message(e))
              + cure(whenRefused));
    return ConnectFailure.ofReach(e, attempt, where)
        .orElseGet(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable,
                    where
                        + " does not let us in: "
                        + ConnectFailure.quoted(ConnectFailure.message(e))));
  }

  /// A statement that failed.
  static EngineException running(SQLException e, Server server) {
    if (e instanceof Sql.Unexpected)
      return EngineException.of(
          Reason.ServerUnreachable, server.name() + " answers as no MariaDB or MySQL server does");
    var reason = reason(e);
    return EngineException.of(
        reason,
        server.name()
            + " refuses ("
            + e.getErrorCode()
            + "): "
            + ConnectFailure.quoted(ConnectFailure.message(e))
            + cure(reason));
  }

  private static Reason reason(SQLException e) {
    if (readOnly(e)) return Reason.ServerReadOnly;
    if (denied(e) || e.getErrorCode() == REFUSED) return Reason.AdminTooWeak;
    return switch (e.getErrorCode()) {
      case NO_SUCH_DATABASE -> Reason.DatabaseMissing;
      case NO_ACCOUNT -> Reason.PrivilegesIncomplete;
      default -> Reason.ServerUnreachable;
    };
  }

  private static String cure(Reason reason) {
    return switch (reason) {
      case AdminRefused -> "; correct the Secret that spec.admin names";
      case DatabaseMissing -> "; create it, or correct the spec";
      case AdminTooWeak -> "; the administrator lacks a right";
      case PrivilegesIncomplete ->
          "; a password check may refuse hashed passwords: set strict_password_validation = OFF";
      default -> "";
    };
  }
}
