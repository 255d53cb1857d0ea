package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;

/// The scope of this engine's places.
final class Schemas {
  /// The one that needs no search path of its own.
  static final String USUAL = "public";

  private Schemas() {}

  static Scope.Schema of(Place place) {
    if (place.scope() instanceof Scope.Schema schema) return schema;
    throw new IllegalArgumentException("a place on PostgreSQL is a schema: " + place);
  }
}
