package dev.backingservice.model;

import java.time.Instant;

/// A fence still owed: a login that may still write on a server that did not answer.
///
/// @param running the process and timeline that owes it, as [Identity#running] said it; empty when
///     nobody saw it
/// @param predecessor whether another process has taken its name over: whoever answers under the
///     name as a standby says nothing of the one that owes
public record Debt(
    Attachment attachment, Instant since, String running, String message, boolean predecessor) {
  public Debt(Attachment attachment, Instant since, String running, String message) {
    this(attachment, since, running, message, false);
  }

  /// Whether the same process owes the same fence, whatever is said of it.
  public boolean same(Debt other) {
    return attachment.same(other.attachment) && running.equals(other.running);
  }

  /// The same debt after another process took the name over.
  public Debt ofPredecessor() {
    return new Debt(attachment, since, running, message, true);
  }

  public String server() {
    return attachment.server();
  }
}
