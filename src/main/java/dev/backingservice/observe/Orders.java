package dev.backingservice.observe;

import dev.backingservice.engine.Order;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Facts;

/// On whose behalf servers are looked at.
final class Orders {
  private Orders() {}

  static Order of(Facts f, Place place) {
    var service = f.service();
    return Order.of(service.id(), service.namespaceUid(), place, f.intent(), f.sharedWith(place));
  }
}
