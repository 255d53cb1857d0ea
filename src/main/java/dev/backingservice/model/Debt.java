package dev.backingservice.model;

import java.time.Instant;

/// A fence still owed: a login that may still write on a server that did not answer.
public record Debt(Attachment attachment, Instant since, String message) {
  public String server() {
    return attachment.server();
  }
}
