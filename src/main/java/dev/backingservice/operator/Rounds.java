package dev.backingservice.operator;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/// Looks at one thing after the other, spread over a round, and begins again: requests that nobody
/// hurries make no burst.
///
/// @param <T> what is looked at
final class Rounds<T> {
  private static final Logger LOG = Logger.getLogger(Rounds.class);

  /// At most 20 looks in a second: a round of more takes longer.
  private static final long LEAST_MILLIS = 50;

  private final ScheduledExecutorService clock;
  private final Duration length;
  private final Supplier<Collection<T>> things;
  private final Consumer<T> look;

  /// @param name of the thread
  /// @param length of a round
  /// @param things to look at in the round that begins
  Rounds(String name, Duration length, Supplier<Collection<T>> things, Consumer<T> look) {
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(name).factory());
    this.length = length;
    this.things = things;
    this.look = look;
  }

  /// The first round begins after the length of one.
  void start() {
    again(length.toMillis());
  }

  private void again(long millis) {
    clock.schedule(this::round, millis, TimeUnit.MILLISECONDS);
  }

  private void round() {
    var all = begun();
    long gap = Math.max(LEAST_MILLIS, length.toMillis() / Math.max(1, all.size()));
    long at = 0;
    for (var thing : all) {
      clock.schedule(() -> careful(thing), at, TimeUnit.MILLISECONDS);
      at += gap;
    }
    again(Math.max(length.toMillis(), at));
  }

  /// One that cannot begin is no end of them.
  private List<T> begun() {
    try {
      return List.copyOf(things.get());
    } catch (RuntimeException e) {
      LOG.warn("a round could not begin", e);
      return List.of();
    }
  }

  /// A round goes on after a look that failed.
  private void careful(T thing) {
    try {
      look.accept(thing);
    } catch (RuntimeException e) {
      LOG.debug("not looked at", e);
    }
  }
}
