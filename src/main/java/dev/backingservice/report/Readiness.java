package dev.backingservice.report;

import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The condition that sums up the others, for the spec as it is now.
final class Readiness {
  private static final Set<String> NEEDED =
      Set.of(Judge.ACCEPTED, Judge.PROVISIONED, Judge.PUBLISHED, Judge.PROJECTED, Judge.AVAILABLE);

  private Readiness() {}

  static Verdict of(Story story, List<Verdict> verdicts) {
    var first =
        verdicts.stream()
            .filter(v -> NEEDED.contains(v.type()) && v.status() != Status.True)
            .findFirst();
    if (story.swap().underWay() && first.filter(v -> v.status() == Status.False).isEmpty())
      return Verdict.wait(
          Judge.READY,
          Reason.Swapping,
          "Swapping from %s.".formatted(story.swap().lastMotion().map(Notices::way).orElse("")));
    return first
        .map(v -> new Verdict(Judge.READY, v.status(), v.reason(), v.message()))
        .orElseGet(() -> Verdict.yes(Judge.READY, attached(story)));
  }

  private static String attached(Story story) {
    return story
        .active()
        .map(a -> "Attached to %s, epoch %d.".formatted(a.server(), a.epoch()))
        .orElse("Attached.");
  }

  /// The word for displays, a function of the conditions.
  static String phase(Story story, Verdict ready) {
    if (story.leaving()) return story.active().isPresent() ? "Detaching" : "Detached";
    if (ready.status() == Status.True) return "Attached";
    if (ready.reason() == Reason.Swapping) return "Swapping";
    return Optional.of(ready).filter(v -> v.status() == Status.False).isPresent()
        ? "Failing"
        : "Pending";
  }
}
