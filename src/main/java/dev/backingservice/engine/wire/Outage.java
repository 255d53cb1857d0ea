package dev.backingservice.engine.wire;

import dev.backingservice.engine.EngineException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// While a server is down, one caller at a time tries it, at the pace of the outage's age; the
/// others are told at once what it saw.
public final class Outage {
  private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ReentrantLock trying = new ReentrantLock();
  private volatile @Nullable Down down;

  /// @param since when the first try failed
  /// @param next when the next one may be made
  private record Down(EngineException failure, long since, long next) {}

  /// A try to connect.
  @FunctionalInterface
  public interface Try<T> {
    T make() throws EngineException;
  }

  /// Makes the try, or says what the last one saw.
  public <T> T tried(Try<T> attempt) throws EngineException {
    var known = down;
    if (known == null) return made(attempt);
    if (System.nanoTime() - known.next < 0 || !trying.tryLock()) throw known.failure;
    try {
      return made(attempt);
    } finally {
      trying.unlock();
    }
  }

  /// The next caller tries for itself.
  public void forget() {
    down = null;
  }

  private <T> T made(Try<T> attempt) throws EngineException {
    long began = System.nanoTime();
    try {
      var result = attempt.make();
      down = null;
      return result;
    } catch (EngineException e) {
      long now = System.nanoTime();
      long since = Optional.ofNullable(down).map(Down::since).orElse(began);
      long least =
          Math.clamp(
              2 * (now - began), SHORTEST_NANOS, LONGEST_NANOS); // a slow no is not asked for often
      long pause = Math.clamp((now - since) / 4, least, LONGEST_NANOS);
      down = new Down(e, since, now + pause);
      throw e;
    }
  }
}
