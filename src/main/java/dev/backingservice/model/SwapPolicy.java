package dev.backingservice.model;

import java.time.Duration;

/// How a swap treats the old server.
///
/// @param fenceTimeout how long old sessions may take to end, 1 s to 5 min
/// @param unreachableFor how long the old server must have been silent, at every address, before
///     that is believed; 0 s to 5 min
/// @param overlap how long two credentials on one server both work at least, 0 s to 24 h
/// @param retainOld how long the old login is kept, locked
/// @param sequences what is done where the new server follows the old one and its sequences do not
public record SwapPolicy(
    Duration fenceTimeout,
    Duration unreachableFor,
    IfUnreachable ifUnreachable,
    IfNotDrained ifNotDrained,
    Duration retainOld,
    Duration overlap,
    Sequences sequences) {

  /// What is done about sequences that are behind on the new server.
  public enum Sequences {
    Compare,
    Advance
  }

  /// Whether sequences that are behind on the new server are set.
  public boolean advances() {
    return sequences == Sequences.Advance;
  }

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
