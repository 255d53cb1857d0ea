package dev.backingservice.model;

import java.time.Instant;

/// A fence still owed: a login that may still write on a server that did not answer.
///
/// @param running the process and timeline that owes it, as [Identity#running] said it; empty when
///     nobody saw it
public record Debt(Attachment attachment, Instant since, String running, String message) {
  public String server() {
    return attachment.server();
  }
}
