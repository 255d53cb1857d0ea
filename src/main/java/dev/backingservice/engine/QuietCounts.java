package dev.backingservice.engine;

import java.time.Duration;

/// Counts of sessions that have to find nobody three times in a row. While sessions are ending,
/// counts follow one another quickly; the last count comes when whoever was let in just before the
/// lock can be seen.
public final class QuietCounts {
  private static final int IN_A_ROW = 3;
  private static final long QUICK_MILLIS = 10;
  private static final long SLOW_MILLIS = 50;

  /// How long sessions take to end that nothing holds up.
  private static final long PROMPT_MILLIS = 500;

  private final long began = System.nanoTime();
  private final Duration settling;
  private int quiet;

  /// Begins now, after the lock.
  ///
  /// @param settling the least time from now to the last count: longer than a session takes from
  ///     the check of its right to log in until it is counted; zero where nobody can be on the way
  public QuietCounts(Duration settling) {
    this.settling = settling;
  }

  /// Tells what one count has found.
  ///
  /// @return whether this was the last one
  public boolean found(int left) {
    quiet = left == 0 ? quiet + 1 : 0;
    return quiet >= IN_A_ROW && elapsedMillis() >= settling.toMillis();
  }

  /// Waits until the next count.
  ///
  /// @return false when this thread shall stop: nothing was counted to the end
  public boolean pause() {
    return Pause.ofMillis(quiet == 0 ? untilSomethingEnds() : untilNext());
  }

  private long untilSomethingEnds() {
    return elapsedMillis() < PROMPT_MILLIS ? QUICK_MILLIS : SLOW_MILLIS;
  }

  /// The counts that are left, spread over the time that is left.
  private long untilNext() {
    long rest = settling.toMillis() - elapsedMillis();
    return Math.max(QUICK_MILLIS, Math.ceilDiv(rest, Math.max(1, IN_A_ROW - quiet)));
  }

  private long elapsedMillis() {
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }
}
