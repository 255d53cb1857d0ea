package dev.backingservice.engine;

import dev.backingservice.model.Access;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// On whose behalf a server is asked, and for what rights.
///
/// @param sharedWith namespaces that the platform team allows on this database; empty: the
/// first one owns it
public record Claim(
    ServiceId service, Place place, Access access, Intent.Limits limits, Set<String> sharedWith) {
  private static final Intent.Limits LEAST = new Intent.Limits(1, Duration.ZERO);

  public Claim {
    sharedWith = Set.copyOf(sharedWith);
  }

  /// What `intent` asks for at a place; the least that a login can be when nobody asks any more.
  public static Claim of(
      ServiceId service, Place place, Optional<Intent> intent, Set<String> sharedWith) {
    return new Claim(
        service,
        place,
        intent.map(Intent::access).orElse(Access.ReadWrite),
        intent.map(Intent::limits).orElse(LEAST),
        sharedWith);
  }
}
