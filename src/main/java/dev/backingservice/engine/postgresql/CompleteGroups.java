package dev.backingservice.engine.postgresql;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/// Which groups this process found complete a short while ago, so that a thousand services on
/// one database do not ask a thousand times.
final class CompleteGroups {
  private static final long GOOD_NANOS = Duration.ofMinutes(5).toNanos();
  private final ConcurrentHashMap<String, Long> since = new ConcurrentHashMap<>();

  boolean holds(String key) {
    var at = since.get(key);
    return at != null && System.nanoTime() - at < GOOD_NANOS;
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
