package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Word;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what to do next for one service.
public final class Planner {
  private Planner() {}

  /// The plan for these facts.
  public static Plan plan(Facts f, Instant now) {
    if (f.service().life() == Facts.Life.Deleting) return Farewell.plan(f, now);
    return switch (f.request()) {
      case Facts.Request.Refused(var failure, var rest) -> refused(f, failure, rest, now);
      case Facts.Request.Understood(var intent) when intent.state() == Intent.State.Detached ->
          Farewell.plan(f, now);
      case Facts.Request.Understood(var intent) -> attached(f, intent, now);
    };
  }

  /// What is in force goes on; a swap under way goes back.
  private static Plan refused(Facts f, Failure failure, Optional<Intent> rest, Instant now) {
    var swap = f.memory().swap();
    if (rest.isPresent() && swap.underWay() && f.active().isPresent()) {
      var plan = attached(f, rest.get(), now);
      return new Plan(f, plan.swap(), plan.actions(), Optional.of(failure));
    }
    return new Plan(f, swap, Upkeep.actions(f, swap, now), Optional.of(failure));
  }

  private static Plan attached(Facts f, Intent intent, Instant now) {
    if (f.published() instanceof Published.Foreign && f.active().isEmpty())
      return foreign(f, intent);
    var active = f.active();
    if (active.isEmpty()) return Attach.plan(f, intent, now);
    var swap = f.memory().swap().next(f, now);
    if (!swap.equals(f.memory().swap())) return new Plan(f, swap, List.of(), Optional.empty());
    var actions = new ArrayList<Action>(Debts.settle(f));
    actions.addAll(steps(f, swap, active.get(), now));
    var refusal =
        f.pending() && !swap.underWay() && !intent.place().equals(active.get().place())
            ? Preflight.refusal(f)
            : Optional.<Failure>empty();
    return new Plan(f, swap, actions, refusal);
  }

  private static Plan foreign(Facts f, Intent intent) {
    return new Plan(
        f,
        f.memory().swap(),
        List.of(),
        Optional.of(
            new Failure(
                Reason.SecretNotOwned,
                "a Secret named %s exists and is not ours: delete it or set binding.secretName"
                    .formatted(intent.binding().secretName()))));
  }

  /// What a recorded state does.
  private static List<Action> steps(Facts f, Swap swap, Attachment active, Instant now) {
    return switch (swap) {
      case Swap.Settled _, Swap.Roll _, Swap.Verify _, Swap.Retire _, Swap.Aborted _ ->
          Upkeep.actions(f, swap, now);
      case Swap.Prepare(var m) -> {
        var actions = new ArrayList<>(Words.toMakeOn(m.to().server(), f, swap, now));
        actions.add(new Action.Knock(m.to()));
        yield actions;
      }
      case Swap.Fence(var m) -> List.of(new Action.Fence(m.from(), SLICE));
      case Swap.Cut(var m, var proof) ->
          List.of(
              new Action.Knock(m.to()),
              new Action.Publish(
                  m.to(),
                  m.to().place(),
                  Debts.after(f, active, proof, now),
                  f.published().guard()));
      case Swap.Aborting(var m, _, _) ->
          List.of(
              new Action.Ensure(
                  m.from().server(), List.of(new Action.Desired(m.from(), Word.Active))),
              new Action.Ensure(m.to().server(), List.of(new Action.Desired(m.to(), Word.Absent))));
    };
  }

  /// How long one try to fence may hold a thread; longer time-outs are made of several.
  private static final Duration SLICE = Duration.ofSeconds(1);
}
