package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/// SQLSTATE (PostgreSQL manual, appendix A) and exceptions to reasons.
final class PgErrors {
  static final String SERIALIZATION_FAILURE = "40001";

  private static final Set<String> TRANSIENT =
      Set.of(
          SERIALIZATION_FAILURE,
          "40P01",
          "55P03",
          "57P01",
          "57P02",
          "57P03",
          "23505",
          "42710",
          "2BP01",
          "42704");

  static final String QUERY_CANCELED = "57014";

  static final String INSUFFICIENT_PRIVILEGE = "42501";

  /// too_many_connections
  static final String TOO_MANY = "53300";

  /// invalid_authorization_specification: among others, a role that may not log in.
  static final String NOT_AUTHORIZED = "28000";

  private PgErrors() {}

  /// Whether the same transaction may succeed when it is tried again.
  static boolean passing(SQLException e) {
    var state = state(e);
    return TRANSIENT.contains(state)
        || ("XX000".equals(state) && ConnectFailure.message(e).contains("concurrently updated"));
  }

  /// lock_not_available: somebody held it for longer than `lock_timeout`.
  static boolean waitedForLock(SQLException e) {
    return "55P03".equals(state(e));
  }

  /// A failed login: tells nobody there from somebody who refuses.
  static EngineException connecting(
      SQLException e, Attempt attempt, String where, Reason whenRefused) {
    var tls = ConnectFailure.ofTls(e, attempt, where);
    if (tls.isPresent()) return tls.get();
    if (state(e).startsWith("28"))
      return EngineException.of(
          whenRefused,
          where
              + " refuses the login: "
              + ConnectFailure.quoted(ConnectFailure.message(e))
              + cure(whenRefused));
    if (state(e).equals("3D000"))
      return EngineException.of(
          Reason.DatabaseMissing,
          where
              + ": "
              + ConnectFailure.quoted(ConnectFailure.message(e))
              + cure(Reason.DatabaseMissing));
    return ConnectFailure.ofReach(e, attempt, where)
        .orElseGet(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable,
                    where
                        + " does not let us in: "
                        + ConnectFailure.quoted(ConnectFailure.message(e))));
  }

  private static String cure(Reason reason) {
    return switch (reason) {
      case AdminRefused ->
          "; correct the Secret that spec.admin names; a password that was set with password_encryption = md5 has to be set again with scram-sha-256";
      case DatabaseMissing, SchemaMissing -> "; create it, or correct the spec";
      case AdminTooWeak -> "; the administrator lacks a right";
      default -> "";
    };
  }

  /// Whether the server, or a pooler before it, speaks about the login itself: refused, locked, or
  /// no connection free.
  static boolean aboutTheLogin(SQLException e) {
    return state(e).startsWith("28") || state(e).equals(TOO_MANY) || PoolerErrors.aboutTheLogin(e);
  }

  /// Whether a login has as many connections as it may, by the routine that says so: it has logged
  /// in by then.
  static boolean ofTheLogin(SQLException e) {
    return ConnectFailure.cause(e, PSQLException.class)
        .map(refused -> ((PSQLException) refused).getServerErrorMessage())
        .filter(said -> "InitializeSessionUserId".equals(said.getRoutine()))
        .isPresent();
  }

  /// A database that is closed to PUBLIC opens by a grant to the login itself: it inherits nothing.
  static EngineException mayNotConnect(Server server, String database) {
    return EngineException.of(
        Reason.AdminTooWeak,
        "the administrator of %s may not connect to database %s: GRANT CONNECT ON DATABASE %s TO %s"
            .formatted(server.name(), database, database, server.adminUser()));
  }

  /// A statement that failed.
  static EngineException running(SQLException e, Server server) {
    if (e instanceof Sql.Unexpected)
      return EngineException.of(
          Reason.ServerUnreachable, server.name() + " answers as no PostgreSQL server does");
    var said = ConnectFailure.message(e);
    var guarded =
        Stream.of(PasswordGuard.values()).filter(guard -> said.contains(guard.says)).findFirst();
    var reason = guarded.isPresent() ? Reason.AdminTooWeak : reason(state(e));
    return EngineException.of(
        reason,
        server.name()
            + " refuses ("
            + state(e)
            + "): "
            + ConnectFailure.quoted(said)
            + guarded.map(guard -> guard.cure).orElse(cure(reason)));
  }

  /// What keeps the verifiers of passwords from being set, by what it says.
  private enum PasswordGuard {
    /// `rds.restrict_password_commands` of Amazon RDS and Aurora.
    Rds(
        "must be a member of rds_password",
        "; let the master user GRANT rds_password TO the administrator's role"),
    /// The extension credcheck.
    Credcheck(
        "password type is not a plain text",
        "; set credcheck.encrypted_password_allowed = on, because passwords are never sent in clear");

    private final String says;
    private final String cure;

    PasswordGuard(String says, String cure) {
      this.says = says;
      this.cure = cure;
    }
  }

  private static Reason reason(String state) {
    return switch (state) {
      case "3D000" -> Reason.DatabaseMissing;
      case "3F000" -> Reason.SchemaMissing;
      case "25006" -> Reason.ServerReadOnly;
      case INSUFFICIENT_PRIVILEGE -> Reason.AdminTooWeak;
      case "0LP01" -> Reason.PrivilegesIncomplete;
      default -> Reason.ServerUnreachable;
    };
  }

  static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }
}
