package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import java.time.Instant;

/// From one attachment to the next: attach to the new, publish, wait for everyone, let go of
/// the old.
///
/// @param attempts how often it was tried and aborted before
public record Motion(Kind kind, Attachment from, Attachment to, Instant startedAt, int attempts) {

  /// Where the fence stands.
  public enum Kind {
    /// Two servers: the old one is fenced before the cut.
    Swap,
    /// One server under two names, or a new shape of the binding: both logins work until
    /// everybody has moved.
    Repoint
  }

  Motion again() {
    return new Motion(kind, from, to, startedAt, attempts + 1);
  }
}
