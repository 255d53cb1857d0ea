package dev.backingservice.model;

/// An expected failure: a value with a reason, and a sentence a user may read.
///
/// @param message one printable line, whatever part of it a server said
public record Failure(Reason reason, String message) {
  public Failure {
    message = ServerText.line(message);
  }
}
