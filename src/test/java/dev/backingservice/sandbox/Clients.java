package dev.backingservice.sandbox;

import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// People who write to the API server at the same time.
final class Clients {
  static final int COUNT = 8;

  private Clients() {}

  /// Does something for each of so many services, and waits until that is done.
  ///
  /// @param each given the name of a service
  static void each(int services, Consumer<String> each) {
    try (var clients = Executors.newFixedThreadPool(COUNT)) {
      for (int i = 0; i < services; i++) {
        var name = name(i);
        clients.execute(() -> each.accept(name));
      }
    }
  }

  static String name(int service) {
    return "many-" + service;
  }
}
