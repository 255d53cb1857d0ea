package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import java.util.Optional;

/// Whether one server may keep the accounts of another one.
final class PrimaryCheck {
  private PrimaryCheck() {}

  /// Why not, as a sentence about `spec.primary`; empty when it may.
  static Optional<String> problem(BackingServer standby, BackingServer primary) {
    var name = primary.getMetadata().getName();
    if (primary.getSpec().primary() != null)
      return Optional.of(
          "spec.primary: %s is a standby of %s: name that one"
              .formatted(name, primary.getSpec().primary()));
    if (primary.getSpec().engine() != standby.getSpec().engine())
      return Optional.of("spec.primary: %s is of another engine".formatted(name));
    return Optional.empty();
  }
}
