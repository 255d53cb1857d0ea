package dev.backingservice.plan;

import dev.backingservice.model.Intent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When an edit that failed is tried again: after a pause, at most twice; or because somebody asks.
public final class Retries {
  private static final int ATTEMPTS = 3;
  private static final int TIMEOUTS = 10;
  private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(2);

  private Retries() {}

  /// When the operator tries again by itself; empty when it does not.
  ///
  /// @param at when the last attempt was given up
  public static Optional<Instant> next(Facts f, Motion m, Instant at) {
    if (m.attempts() >= ATTEMPTS) return Optional.empty();
    var timeout = f.intent().map(Intent::swap).map(s -> s.fenceTimeout()).orElse(Duration.ZERO);
    var pause = timeout.multipliedBy(TIMEOUTS);
    return Optional.of(at.plus(pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause));
  }

  static boolean due(Facts f, Motion m, Instant at, Instant now) {
    return asked(f) || next(f, m, at).filter(time -> !now.isBefore(time)).isPresent();
  }

  /// How many attempts count for the next one: none where somebody asks, or edits.
  static int attempts(Facts f, Motion m) {
    return m.cause().stands(f, m) && !asked(f) ? m.attempts() : 0;
  }

  /// Whether somebody asks for another try.
  static boolean asked(Facts f) {
    var retry = f.service().annotations().retry();
    return !retry.isEmpty() && !retry.equals(f.memory().handledRetry());
  }
}
