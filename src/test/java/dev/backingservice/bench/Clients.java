package dev.backingservice.bench;

import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// People who write to the API server at the same time.
final class Clients {
  static final int COUNT = 8;

  private Clients() {}

  /// Does something for each of so many services, and waits until that is done.
  ///
  /// @param each given the name of a service
  static void each(int services, Consumer<String> each) {
    each(services, COUNT, service -> each.accept(name(service)));
  }

  /// The same for anything that has a number.
  ///
  /// @param clients how many write at the same time
  static void each(int things, int clients, IntConsumer each) {
    try (var writing = Executors.newFixedThreadPool(clients)) {
      for (int i = 0; i < things; i++) {
        int thing = i;
        writing.execute(() -> each.accept(thing));
      }
    }
  }

  static String name(int service) {
    return "many-" + service;
  }
}
