package dev.backingservice.report;

/// One Kubernetes Event.
///
/// @param reason one word for machines
/// @param note a sentence, at most 1 kB
public record Notice(Kind kind, String reason, String note) {

  /// The two kinds of events.
  public enum Kind {
    Normal,
    Warning
  }

  static Notice normal(String reason, String note) {
    return new Notice(Kind.Normal, reason, note);
  }

  static Notice warning(String reason, String note) {
    return new Notice(Kind.Warning, reason, note);
  }
}
