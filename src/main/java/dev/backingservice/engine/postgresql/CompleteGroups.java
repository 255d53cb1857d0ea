package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/// Which groups this process found complete a short while ago, so that a thousand services on
/// one database do not ask a thousand times.
final class CompleteGroups {
  /// Longer than a fence may take: what a swap saw granted, it takes for granted at its cut.
  private static final long GOOD_NANOS = Duration.ofMinutes(6).toNanos();

  private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();
  private final ConcurrentHashMap<String, Long> since = new ConcurrentHashMap<>();

  /// Of a place and whose claim on it was checked: another namespace asks anew.
  static String key(Server server, Order order) {
    return String.join(
            "/",
            server.name(),
            order.service().namespace(),
            order.namespaceUid(),
            order.place().toString())
        + order.sharedWith();
  }

  boolean holds(String key) {
    return within(key, GOOD_NANOS);
  }

  /// Whether they were found complete just now.
  boolean fresh(String key) {
    return within(key, FRESH_NANOS);
  }

  private boolean within(String key, long nanos) {
    var at = since.get(key);
    return at != null && System.nanoTime() - at < nanos;
  }

  void add(String key) {
    long now = System.nanoTime();
    since.values().removeIf(at -> now - at >= GOOD_NANOS);
    since.put(key, now);
  }

  /// After a login that should have worked was refused, nothing of its server is taken for granted.
  void forget(String server) {
    since.keySet().removeIf(key -> key.startsWith(server + "/"));
  }
}
