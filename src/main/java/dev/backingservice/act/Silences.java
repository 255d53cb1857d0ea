package dev.backingservice.act;

import dev.backingservice.model.Failure;
import dev.backingservice.plan.Outcome.Result;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How often in a row, and for how long, the tries of a fence met nobody. Of this process only: a
/// restart begins anew.
final class Silences {
  private static final long OVER_NANOS = Duration.ofHours(1).toNanos();
  private static final long SLACK_NANOS = Duration.ofSeconds(1).toNanos();
  private final Map<String, Silence> byFence = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /// @param nanos of a clock that only goes on
  Silences(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// @param last when it was met last; a fence that nobody tries any more is forgotten
  private record Silence(long since, long last, int tries) {}

  /// Nobody answered once more.
  ///
  /// @param inPhase how long this fence has been tried: what an earlier one met does not count
  Result again(String fence, Failure failure, Duration inPhase) {
    long now = nanos.getAsLong();
    long began = now - inPhase.toNanos() - SLACK_NANOS;
    byFence.values().removeIf(s -> now - s.last > OVER_NANOS);
    var silence =
        byFence.merge(
            fence,
            new Silence(now, now, 1),
            (was, first) ->
                was.since - began < 0 ? first : new Silence(was.since, now, was.tries + 1));
    return new Result.Unanswered(failure, silence.tries, Duration.ofNanos(now - silence.since));
  }

  void end(String fence) {
    byFence.remove(fence);
  }
}
