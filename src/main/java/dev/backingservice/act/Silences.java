package dev.backingservice.act;

import dev.backingservice.model.Failure;
import dev.backingservice.plan.Outcome.Result;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How often in a row, and for how long, the tries of a fence met nobody. Of this process only: a
/// restart begins anew.
final class Silences {
  private final Map<String, Silence> byFence = new ConcurrentHashMap<>();

  private record Silence(long since, int tries) {}

  /// Nobody answered once more.
  Result again(String fence, Failure failure) {
    long now = System.nanoTime();
    var silence =
        byFence.merge(
            fence, new Silence(now, 1), (was, _) -> new Silence(was.since, was.tries + 1));
    return new Result.Unanswered(failure, silence.tries, Duration.ofNanos(now - silence.since));
  }

  void end(String fence) {
    byFence.remove(fence);
  }
}
