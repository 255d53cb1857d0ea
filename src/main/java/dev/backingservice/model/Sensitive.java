package dev.backingservice.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A secret text that prints as `***`. It is revealed only at the wire and into a Secret.
public final class Sensitive {
  private final String value;

  public Sensitive(String value) {
    this.value = value;
  }

  /// The secret itself. An architecture test names the packages that may call this.
  public String reveal() {
    return value;
  }

  /// Compares in constant time.
  @Override
  public boolean equals(Object other) {
    return other instanceof Sensitive that
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
