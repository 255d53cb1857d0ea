package dev.backingservice.sandbox;

import java.time.Duration;
import java.util.concurrent.Callable;

/// Waits for something to be so.
public final class Waiting {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private Waiting() {}

  /// Looks fifty times a second.
  ///
  /// @throws IllegalStateException when it is not so in five minutes
  public static void until(String what, Callable<Boolean> reached) throws Exception {
    until(what, PATIENCE, reached);
  }

  /// The same with another patience.
  public static void until(String what, Duration patience, Callable<Boolean> reached)
      throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!reached.call()) {
      if (System.nanoTime() > end)
        throw new IllegalStateException(
            "not reached in %d s: %s".formatted(patience.toSeconds(), what));
      Thread.sleep(20);
    }
  }
}
