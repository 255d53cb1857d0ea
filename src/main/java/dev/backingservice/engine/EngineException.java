package dev.backingservice.engine;

import dev.backingservice.model.Reason;

/// An expected failure of a server, with the reason a user will read.
///
/// [#silent()] means only: name resolution, connection refused, no route, or connect timeout,
/// on every address and without one byte received. Everything else means that somebody answers
/// there.
public final class EngineException extends Exception {
  private static final long serialVersionUID = 1;
  private final Reason reason;
  private final Reason detail;
  private final boolean silent;

  private EngineException(Reason reason, Reason detail, boolean silent, String message) {
    super(message);
    this.reason = reason;
    this.detail = detail;
    this.silent = silent;
  }

  /// Nobody is there.
  ///
  /// @param detail how that was seen
  public static EngineException silent(Reason detail, String message) {
    return new EngineException(Reason.ServerUnreachable, detail, true, message);
  }

  /// Somebody is there, and does not answer in time.
  public static EngineException slow(String message) {
    return new EngineException(Reason.ServerUnreachable, Reason.Timeout, false, message);
  }

  /// Somebody is there, and this is what is wrong.
  public static EngineException of(Reason reason, String message) {
    return new EngineException(reason, reason, false, message);
  }

  public Reason reason() {
    return reason;
  }

  /// The reason in the words of the server's own condition: for a server that is unreachable, how
  /// that was seen.
  public Reason detail() {
    return detail;
  }

  public boolean silent() {
    return silent;
  }

  /// The sentence for users.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
