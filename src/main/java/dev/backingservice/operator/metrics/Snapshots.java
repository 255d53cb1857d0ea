package dev.backingservice.operator.metrics;

import java.time.Instant;

/// Where snapshots come from: the caches.
public interface Snapshots {
  MetricsSnapshot snapshot(Instant now);
}
