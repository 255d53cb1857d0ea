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
  private final boolean silent;

  private EngineException(Reason reason, boolean silent, String message) {
    super(message);
    this.reason = reason;
    this.silent = silent;
  }

  /// Nobody is there.
  public static EngineException silent(String message) {
    return new EngineException(Reason.ServerUnreachable, true, message);
  }

  /// Somebody is there, and this is what is wrong.
  public static EngineException of(Reason reason, String message) {
    return new EngineException(reason, false, message);
  }

  public Reason reason() {
    return reason;
  }

  public boolean silent() {
    return silent;
  }

  /// The sentence for users.
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
