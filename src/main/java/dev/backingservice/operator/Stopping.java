package dev.backingservice.operator;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Whether the process was asked to stop: caches empty from then on, and nothing is decided any
/// more.
@Singleton
class Stopping {
  private volatile boolean asked;

  void onStop(@Observes @Priority(1) ShutdownEvent event) {
    asked = true;
  }

  boolean asked() {
    return asked;
  }
}
