package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Retries;
import dev.backingservice.plan.Swap;
import java.util.Optional;

/// How far a swap is, and what it waits for, in words.
final class Progress {
  private Progress() {}

  /// A swap under way as a whole.
  static String summary(Swap swap) {
    if (swap instanceof Swap.Aborting(var m, _, var why)) return back(m, why);
    return "Swapping from %s.".formatted(swap.lastMotion().map(Notices::way).orElse(""));
  }

  /// The phase of a swap under way.
  static String phase(Swap swap) {
    return switch (swap) {
      case Swap.Prepare(var m, _) ->
          "The next login is being prepared on %s.".formatted(m.to().server());
      case Swap.Fence(var m) -> "The old login on %s is being fenced.".formatted(m.from().server());
      case Swap.Cut(var m, _) -> "The binding is being switched to %s.".formatted(m.to().server());
      case Swap.Aborting(var m, _, var why) -> back(m, why);
      case Swap.Settled _, Swap.Roll _, Swap.Verify _, Swap.Overlap _ -> "";
      case Swap.Retire _, Swap.Aborted _ -> "";
    };
  }

  private static String back(Motion m, String why) {
    return "Going back to %s: %s.".formatted(m.from().server(), why);
  }

  /// Why the binding in force is not the one that the spec asks for.
  ///
  /// @param active what is in force
  static String behind(Aftermath after, Attachment active) {
    if (after.swap() instanceof Swap.Aborted(var m, _, var why, var at))
      return aborted(m, why)
          + Retries.next(after.facts(), m, at)
              .map(
                  time ->
                      "It is tried again at %s, or as soon as backingservice.dev/retry has a new value."
                          .formatted(Conditions.time(time)))
              .orElse(
                  "It is not tried again by itself: give the annotation backingservice.dev/retry a new value, or edit spec.server.");
    return "%s, epoch %d, stays in force: the edit has not been taken up."
        .formatted(active.server(), active.epoch());
  }

  /// A swap that is not tried again by itself; empty where there is none.
  static Optional<Failure> givenUp(Aftermath after) {
    if (after.attachedAsAsked()
        || !(after.swap() instanceof Swap.Aborted(var m, var proof, var why, var at))
        || proof.result() != FenceProof.Result.SessionsRemain
        || Retries.next(after.facts(), m, at).isPresent()) return Optional.empty();
    return Optional.of(
        new Failure(
            Reason.SessionsRemain,
            aborted(m, why)
                + "It is not tried again by itself: end the sessions and give the annotation backingservice.dev/retry a new value, or edit spec.server."));
  }

  private static String aborted(Motion m, String why) {
    if (m.from().server().equals(m.to().server()) && m.overlaps())
      return "The next epoch on %s was given up %s (%s): epoch %d stays in force. "
          .formatted(m.to().server(), times(m), why, m.from().epoch());
    return "The swap to %s was given up %s (%s): %s stays in force. "
        .formatted(m.to().server(), times(m), why, m.from().server());
  }

  private static String times(Motion m) {
    return m.attempts() == 1 ? "once" : m.attempts() + " times";
  }

  /// A fence that waits for a server that nobody reaches, because the policy says so.
  static Optional<Failure> waiting(Aftermath after) {
    boolean waits =
        after
            .facts()
            .intent()
            .map(Intent::swap)
            .filter(s -> s.ifUnreachable() == SwapPolicy.IfUnreachable.Wait)
            .isPresent();
    if (!waits || !(after.swap() instanceof Swap.Fence(var m))) return Optional.empty();
    return after.facts().outcomes().stream()
        .flatMap(o -> absent(o.result()).stream())
        .map(
            failure ->
                new Failure(
                    failure.reason(),
                    "the swap waits for the old server (%s): heal it, set spec.server back to %s, or set swap.ifUnreachable: Proceed to leave it with a fence owed"
                        .formatted(failure.message(), m.from().server())))
        .findFirst();
  }

  private static Optional<Failure> absent(Outcome.Result result) {
    return switch (result) {
      case Outcome.Result.Unanswered(var failure, _, _) -> Optional.of(failure);
      case Outcome.Result.Stranger(var failure) -> Optional.of(failure);
      default -> Optional.empty();
    };
  }
}
