package dev.backingservice.engine;

import dev.backingservice.model.Access;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.ServiceId;
import java.util.Set;

/// On whose behalf a server is asked, and for what rights.
///
/// @param sharedWith namespaces that the platform team allows on this database; empty: the first
// one owns it
public record Claim(
    ServiceId service, Place place, Access access, Intent.Limits limits, Set<String> sharedWith) {
  public Claim {
    sharedWith = Set.copyOf(sharedWith);
  }
}
