package dev.backingservice.observe;

import dev.backingservice.engine.Order;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Facts;
import java.util.Set;

/// On whose behalf servers are looked at.
final class Orders {
  private Orders() {}

  static Order of(Facts f, Place place) {
    var service = f.service();
    var listed =
        f.server(place.server()).map(s -> s.admission().sharedWith(place)).orElse(Set.of());
    return Order.of(service.id(), service.namespaceUid(), place, f.intent(), listed);
  }
}
