package dev.backingservice.operator;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Whether the process was asked to stop: caches empty from then on, and nothing is decided any
/// more.
@Singleton
class Stopping {
  private static final int LAST = 10_000;

  private volatile boolean asked;

  /// After the framework's, which returns when the caches are filled.
  void onStart(@Observes @Priority(LAST) StartupEvent event) {
    Main.started();
  }

  void onStop(@Observes @Priority(1) ShutdownEvent event) {
    asked = true;
  }

  boolean asked() {
    return asked;
  }
}
