package dev.backingservice.report;

import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Aftermath;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The condition that sums up the others, for the spec as it is now.
final class Readiness {
  private static final Set<String> NEEDED =
      Set.of(Judge.ACCEPTED, Judge.PROVISIONED, Judge.PUBLISHED, Judge.PROJECTED, Judge.AVAILABLE);

  private static final Set<Reason> NOT_ACCEPTED =
      Set.of(
          Reason.ServerNotAvailable,
          Reason.EngineMismatch,
          Reason.EngineNotSupported,
          Reason.AccessNotSupported,
          Reason.NotYetSupported,
          Reason.PostureRefused);

  private Readiness() {}

  static boolean speaksOfAcceptance(Failure failure) {
    return NOT_ACCEPTED.contains(failure.reason());
  }

  static Verdict of(Aftermath after, List<Verdict> verdicts) {
    var first =
        verdicts.stream()
            .filter(v -> NEEDED.contains(v.type()) && v.status() != Status.True)
            .findFirst();
    if (after.swap().underWay() && first.filter(v -> v.status() == Status.False).isEmpty())
      return Verdict.wait(Judge.READY, Reason.Swapping, Progress.summary(after.swap()));
    return first
        .map(v -> new Verdict(Judge.READY, v.status(), v.reason(), v.message()))
        .orElseGet(() -> Verdict.yes(Judge.READY, attached(after)));
  }

  private static String attached(Aftermath after) {
    return after
        .active()
        .map(a -> "Attached to %s, epoch %d.".formatted(a.server(), a.epoch()))
        .orElse("Attached.");
  }

  /// The word for displays, a function of the conditions.
  static String phase(Aftermath after, Verdict ready) {
    if (after.facts().leaving()) return after.active().isPresent() ? "Detaching" : "Detached";
    if (ready.status() == Status.True) return "Attached";
    if (ready.reason() == Reason.Swapping) return "Swapping";
    return Optional.of(ready).filter(v -> v.status() == Status.False).isPresent()
        ? "Failing"
        : "Pending";
  }
}
