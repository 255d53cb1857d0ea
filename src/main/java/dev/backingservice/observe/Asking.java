package dev.backingservice.observe;

import dev.backingservice.engine.Claim;
import dev.backingservice.model.Access;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Facts;
import java.time.Duration;
import java.util.Set;

/// On whose behalf, and for what rights, servers are asked.
final class Asking {
  private static final Intent.Limits NO_LIMITS = new Intent.Limits(1, Duration.ZERO);

  private Asking() {}

  static Claim claim(Facts f, Place place) {
    return new Claim(
        f.service().id(),
        place,
        f.intent().map(Intent::access).orElse(Access.ReadWrite),
        f.intent().map(Intent::limits).orElse(NO_LIMITS),
        Set.of());
  }
}
