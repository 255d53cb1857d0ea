package dev.backingservice.observe;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// What this process remembers of time: how long a service has been at a phase, by the
/// monotonic clock, and when its credential is to be tried again.
public final class Rhythm {
  private static final double JITTER = 0.2;
  private static final long NEVER = Long.MIN_VALUE;
  private final Map<String, Phase> phases = new ConcurrentHashMap<>();
  private final Map<String, Long> checks = new ConcurrentHashMap<>();
  private final Map<String, Long> searches = new ConcurrentHashMap<>();
  private final Duration interval;
  private final RandomGenerator random;

  public Rhythm(Duration interval, RandomGenerator random) {
    this.interval = interval;
    this.random = random;
  }

  /// How long `uid` has been at `phase`; zero when it has just come to it.
  public Duration inPhase(String uid, String phase) {
    var now = System.nanoTime();
    var at =
        phases.compute(
            uid, (_, was) -> was != null && was.name.equals(phase) ? was : new Phase(phase, now));
    return Duration.ofNanos(now - at.since);
  }

  /// Whether the active credential is to be tried now; the first time somewhere within the
  /// interval.
  boolean checkDue(String uid) {
    var now = System.nanoTime();
    var due =
        checks.computeIfAbsent(uid, _ -> now + (long) (interval.toNanos() * random.nextDouble()));
    return now >= due;
  }

  /// Whether every server is to be looked at for credentials that nobody remembers: once in the
  /// life of this process, somewhere within the first interval; and once in each interval while
  /// servers do not answer.
  boolean searchDue(String uid) {
    var now = System.nanoTime();
    var due =
        searches.computeIfAbsent(uid, _ -> now + (long) (interval.toNanos() * random.nextDouble()));
    return due != NEVER && now >= due;
  }

  /// Some servers did not answer: they are asked again after an interval, not at every look. A
  /// server that is dead must not make every service look at every server all the time.
  void searchLater(String uid) {
    searches.put(uid, System.nanoTime() + jittered().toNanos());
  }

  /// Every server was looked at.
  void searched(String uid) {
    searches.put(uid, NEVER);
  }

  /// The credential was tried just now.
  public void checked(String uid) {
    checks.put(uid, System.nanoTime() + jittered().toNanos());
  }

  /// Try the credential at the next look.
  public void checkSoon(String uid) {
    checks.put(uid, System.nanoTime());
  }

  /// The drift interval, give or take a fifth.
  public Duration jittered() {
    return Duration.ofNanos(
        (long) (interval.toNanos() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
  }

  public void forget(String uid) {
    phases.remove(uid);
    checks.remove(uid);
    searches.remove(uid);
  }

  private record Phase(String name, long since) {}
}
