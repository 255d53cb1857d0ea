package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.wire.ConnectFailure;
import java.sql.SQLException;
import java.util.List;

/// What PgBouncer says when it turns a login away: always a protocol violation, so that the words
/// are all there is to tell them by.
final class PoolerErrors {
  /// protocol_violation
  private static final String VIOLATION = "08P01";

  /// That the pooler could not log in at the server a while ago is not among them: it says nothing
  /// of the login.
  private static final List<String> REFUSED =
      List.of("no such user", "password authentication failed", "SASL authentication failed");

  private static final List<String> FULL =
      List.of("no more connections allowed", "client connections exceeded");

  /// The server's own words, which the pooler passes on or remembers.
  private static final String LOCKED = "is not permitted to log in";

  private PoolerErrors() {}

  /// Whether it speaks about the login itself.
  static boolean aboutTheLogin(SQLException e) {
    return says(e, REFUSED) || full(e) || locked(e);
  }

  /// Whether no connection is free.
  static boolean full(SQLException e) {
    return says(e, FULL);
  }

  static boolean locked(SQLException e) {
    return says(e, List.of(LOCKED));
  }

  private static boolean says(SQLException e, List<String> words) {
    if (!PgErrors.state(e).equals(VIOLATION)) return false;
    var said = ConnectFailure.message(e);
    return words.stream().anyMatch(said::contains);
  }
}
