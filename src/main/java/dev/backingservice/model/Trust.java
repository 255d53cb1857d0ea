package dev.backingservice.model;

/// What a server's certificate must lead to.
///
/// @param mode what is verified
/// @param anchors PEM certificates; never empty unless `systemStore`
/// @param systemStore whether the Java runtime's own anchors count too
public record Trust(Mode mode, String anchors, boolean systemStore) {

  /// What is verified.
  public enum Mode {
    VerifyFull,
    VerifyCA,
    Disabled
  }
}
