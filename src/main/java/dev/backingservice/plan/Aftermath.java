package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.LoginState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What follows from a plan and what became of it.
///
/// @param plan that was carried out
/// @param facts as they are after the actions, as far as that is known without looking again
/// @param swap the state to record
/// @param memory what has to be remembered from now on
/// @param again when to look again
public record Aftermath(Plan plan, Facts facts, Swap swap, Memory memory, Duration again) {

  /// @param drift how long to wait when nothing is open
  public static Aftermath of(Plan plan, List<Outcome> outcomes, Duration drift, Instant now) {
    var after = After.of(plan.facts(), outcomes);
    boolean moved = !plan.swap().equals(plan.facts().memory().swap());
    var swap = moved || anew(plan, after) ? plan.swap() : plan.swap().next(after, now);
    var memory = Recollection.of(after, swap, now);
    var draft = new Aftermath(plan, after, swap, memory, drift);
    return new Aftermath(plan, after, swap, memory, Pace.of(draft, drift, now));
  }

  /// Whether the service was attached just now: what was active before begins no motion.
  private static boolean anew(Plan plan, Facts after) {
    if (!(plan.swap() instanceof Swap.Settled)) return false;
    return after.outcomes().stream()
        .filter(Outcome::done)
        .map(Outcome::action)
        .filter(Action.Publish.class::isInstance)
        .map(a -> ((Action.Publish) a).attachment())
        .anyMatch(to -> after.active().filter(to::same).isEmpty());
  }

  /// Everything that stands in the way now, the plan's refusal first.
  public Stream<Failure> failures() {
    return Stream.concat(
        plan.refusal().stream(),
        facts.outcomes().stream()
            .filter(o -> !elsewhere(o.action()))
            .flatMap(o -> o.result().refusal().stream()));
  }

  /// Old servers and workloads have conditions of their own.
  private boolean elsewhere(Action action) {
    return switch (action) {
      case Action.Tidy tidy -> active().filter(a -> tidy.makes(a, LoginState.Active)).isEmpty();
      case Action.Settle _, Action.Project _, Action.Withdraw _ -> true;
      case Action.MarkAttached _, Action.CreateMissing _, Action.CreateGroups _ -> false;
      case Action.Ensure _, Action.Knock _, Action.CatchUp _ -> false;
      case Action.Fence _, Action.Publish _, Action.Amend _, Action.Unpublish _ -> false;
      case Action.Owe _, Action.HandOver _, Action.Drop _ -> false;
    };
  }

  public boolean attachedAsAsked() {
    return active().isPresent()
        && facts.intent().filter(i -> i.place().equals(active().get().place())).isPresent();
  }

  public Optional<Attachment> active() {
    return memory.active().map(Memory.Active::attachment);
  }

  /// Whether the conditions about the active epoch still speak about the spec before.
  public boolean inTransit() {
    return swap.underWay() || (active().isPresent() && !facts.leaving() && !attachedAsAsked());
  }

  /// Whether the next phase begins at once.
  public boolean onward() {
    return again.equals(Pace.AT_ONCE);
  }

  /// Whether nothing was done, or tried, that writes the binding Secret.
  public boolean leavesBinding() {
    return facts.outcomes().stream().map(Outcome::action).noneMatch(Action::writesBinding);
  }

  public boolean did(Class<? extends Action> kind) {
    return facts.outcomes().stream().anyMatch(o -> o.done() && kind.isInstance(o.action()));
  }
}
