package dev.backingservice.plan;

import dev.backingservice.model.Intent;
import dev.backingservice.model.SwapPolicy;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// What follows from a try to fence, by the policy of the swap.
final class Fences {
  private Fences() {}

  /// What follows from the last try to fence.
  static Optional<Swap> next(Motion m, Facts f, Instant now) {
    var policy = f.intent().map(Intent::swap);
    if (policy.isEmpty()) return Optional.empty();
    return results(f)
        .flatMap(result -> verdict(m, f, policy.get(), result, now).stream())
        .findFirst();
  }

  private static Stream<Outcome.Result> results(Facts f) {
    return f.outcomes().stream()
        .filter(o -> o.action() instanceof Action.Fence)
        .map(Outcome::result);
  }

  private static Optional<Swap> verdict(
      Motion m, Facts f, SwapPolicy policy, Outcome.Result result, Instant now) {
    boolean late = f.inPhase().compareTo(policy.fenceTimeout()) >= 0;
    return switch (result) {
      case Outcome.Result.Fenced(var proof) -> Optional.of(new Swap.Cut(m, proof));
      case Outcome.Result.Silent _ ->
          policy.ifUnreachable() == SwapPolicy.IfUnreachable.Proceed
              ? Optional.of(
                  new Swap.Cut(m, new FenceProof(FenceProof.Result.Unreachable, "", 0, now)))
              : Optional.empty();
      case Outcome.Result.Draining(int left) when late -> remaining(m, policy, left, now);
      case Outcome.Result.Failed(var failure) when late ->
          remaining(m, policy, failure.message(), now);
      case Outcome.Result.Draining _, Outcome.Result.Failed _ -> Optional.empty();
      case Outcome.Result.Done _,
          Outcome.Result.Marked _,
          Outcome.Result.LetIn _,
          Outcome.Result.Unclear _ ->
          Optional.empty();
    };
  }

  private static Optional<Swap> remaining(Motion m, SwapPolicy policy, int left, Instant now) {
    return remaining(
        m, policy, left + " sessions or prepared transactions did not end in time", now);
  }

  private static Optional<Swap> remaining(Motion m, SwapPolicy policy, String why, Instant now) {
    return Optional.of(
        switch (policy.ifNotDrained()) {
          case Abort -> new Swap.Aborting(m, sessionsRemain(now), why);
          case Proceed -> new Swap.Cut(m, sessionsRemain(now));
        });
  }

  private static FenceProof sessionsRemain(Instant now) {
    return new FenceProof(FenceProof.Result.SessionsRemain, "", 0, now);
  }
}
