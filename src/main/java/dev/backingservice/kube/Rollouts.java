package dev.backingservice.kube;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How many workloads may roll at once. A thousand services that swap together must not restart a
/// thousand workloads together. A rollout that never ends gives its turn back after a while.
public final class Rollouts {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final int atOnce;
  private final Map<String, Long> since = new HashMap<>();

  /// @param atOnce at least 1
  public Rollouts(int atOnce) {
    this.atOnce = Math.max(1, atOnce);
  }

  /// Takes a turn, or says that there is none; a workload that has one keeps it.
  ///
  /// @param uid of the workload
  public synchronized boolean begin(String uid) {
    long now = System.nanoTime();
    since.values().removeIf(began -> now - began > LONGEST.toNanos());
    if (!since.containsKey(uid) && since.size() >= atOnce) return false;
    since.put(uid, now);
    return true;
  }

  /// The workload's pods are settled, or it is gone.
  public synchronized void end(String uid) {
    since.remove(uid);
  }

  public int atOnce() {
    return atOnce;
  }
}
