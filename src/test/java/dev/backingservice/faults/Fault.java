package dev.backingservice.faults;

/// What happens to one write of the operator on its way to the API server.
enum Fault {
  /// Refused with 500; the API server never sees it.
  ErrorBefore,
  /// Carried out, and answered with 500.
  ErrorAfter,
  /// The connection ends; the API server never sees the write.
  CutBefore,
  /// Carried out; the connection ends without an answer.
  CutAfter,
  /// Refused with 409, as if somebody else had been faster.
  Conflict,
  /// Refused with 410.
  Gone,
  /// Refused with 429.
  TooMany,
  /// Carried out two seconds later.
  Delay,
  /// Carried out twice, as a retry by some middlebox does.
  Duplicate,
  /// Carried out long after the operator has given it up.
  Late,
  /// The operator is killed; the API server never sees the write.
  CrashBefore,
  /// Carried out; the operator is killed before it gets the answer.
  CrashAfter,
  /// Carried out; watches say so, and everything else, three seconds later.
  StaleWatch,
  /// Carried out; every watch ends.
  CutWatch,
  /// Carried out; every watch ends with 410.
  GoneWatch,
  /// Every write of its kind is refused with 500 for longer than the client retries.
  Away;

  /// Whether the operator is killed.
  boolean kills() {
    return this == CrashBefore || this == CrashAfter;
  }

  /// Whether the write is carried out, and the operator is never told.
  boolean untold() {
    return this == CutAfter || this == Late;
  }
}
