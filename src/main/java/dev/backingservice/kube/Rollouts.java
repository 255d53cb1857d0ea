package dev.backingservice.kube;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// How many workloads may roll at once. A thousand services that swap together must not restart a
/// thousand workloads together.
///
/// Nobody can take the turns of others: one namespace has at most half of them, a quarter is kept
/// for namespaces that have none, and a rollout that never ends gives its turn back after ten
/// minutes and gets no other one until it has ended.
public final class Rollouts {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final int atOnce;
  private final LongSupplier nanoTime;
  private final Map<String, Turn> turns = new HashMap<>();
  private final Set<String> overdue = new HashSet<>();

  private record Turn(String namespace, long began) {}

  /// @param atOnce at least 1
  public Rollouts(int atOnce) {
    this(atOnce, System::nanoTime);
  }

  Rollouts(int atOnce, LongSupplier nanoTime) {
    this.atOnce = Math.max(1, atOnce);
    this.nanoTime = nanoTime;
  }

  /// Takes a turn, or says that there is none; a workload that has one keeps it. A rollout that is
  /// overdue goes on without one.
  ///
  /// @param uid of the workload
  public synchronized boolean begin(String namespace, String uid) {
    expire();
    if (overdue.contains(uid) || turns.containsKey(uid)) return true;
    long held = held(namespace);
    int open = held == 0 ? atOnce : atOnce - atOnce / 4;
    if (turns.size() >= open || held >= (atOnce + 1) / 2) return false;
    turns.put(uid, new Turn(namespace, nanoTime.getAsLong()));
    return true;
  }

  private void expire() {
    long now = nanoTime.getAsLong();
    turns
        .entrySet()
        .removeIf(e -> now - e.getValue().began > LONGEST.toNanos() && overdue.add(e.getKey()));
  }

  private long held(String namespace) {
    return turns.values().stream().filter(t -> t.namespace.equals(namespace)).count();
  }

  /// The workload's pods are settled, or it is gone.
  public synchronized void end(String uid) {
    turns.remove(uid);
    overdue.remove(uid);
  }

  public int atOnce() {
    return atOnce;
  }
}
