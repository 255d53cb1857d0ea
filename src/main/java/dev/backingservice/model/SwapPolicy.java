package dev.backingservice.model;

import java.time.Duration;

/// How a swap treats the old server.
///
/// @param fenceTimeout how long old sessions may take to end, 1 s to 5 min
/// @param retainOld how long the old login is kept, locked
public record SwapPolicy(
    Duration fenceTimeout,
    IfUnreachable ifUnreachable,
    IfNotDrained ifNotDrained,
    Duration retainOld) {

  /// The old server does not answer.
  public enum IfUnreachable {
    Proceed,
    Wait
  }

  /// The old server answers, but old sessions do not end in time.
  public enum IfNotDrained {
    Abort,
    Proceed
  }
}
