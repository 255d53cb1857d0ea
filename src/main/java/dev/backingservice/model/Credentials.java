package dev.backingservice.model;

import java.util.Optional;

/// Where a credential comes from.
public sealed interface Credentials {
  /// Derived from the operator's root key: nothing is stored before it is set on a server.
  record Derived() implements Credentials {}

  /// Handed over by the tenant in a Secret of its namespace. New content is a new epoch.
  ///
  /// @param secretName asked for by name, never listed
  record Given(String secretName) implements Credentials {}

  /// What an intent says; the operator's own when nobody asks for anything any more.
  static Credentials of(Optional<Intent> intent) {
    return intent.map(Intent::credentials).orElse(new Derived());
  }

  /// Nobody's: the server asks for none, or for a certificate only.
  record None() implements Credentials {}
}
