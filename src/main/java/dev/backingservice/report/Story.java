package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Plan;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One reconcile, as it will be told: the facts with what became of the actions, and the state
/// that follows.
record Story(Plan plan, Facts facts, Swap swap, Memory memory) {
  private static final Set<Reason> NOT_ACCEPTED =
      Set.of(
          Reason.ServerNotAvailable,
          Reason.EngineMismatch,
          Reason.EngineNotSupported,
          Reason.AccessNotSupported,
          Reason.NotYetSupported,
          Reason.PostureRefused);

  static Story of(Plan plan, List<Outcome> outcomes, Instant now) {
    var after = After.of(plan.facts(), outcomes);
    boolean moved = !plan.swap().equals(plan.facts().memory().swap());
    var swap = moved ? plan.swap() : plan.swap().next(after, now);
    return new Story(plan, after, swap, Recollection.of(after, swap, now));
  }

  /// Everything that stands in the way now, the plan's refusal first.
  Stream<Failure> failures() {
    return Stream.concat(
        plan.refusal().stream(),
        facts.outcomes().stream()
            .filter(o -> !elsewhere(o.action()))
            .flatMap(o -> failure(o).stream()));
  }

  /// Old servers and workloads have conditions of their own.
  private static boolean elsewhere(Action action) {
    return switch (action) {
      case Action.Tidy _, Action.Settle _, Action.Project _, Action.Withdraw _ -> true;
      default -> false;
    };
  }

  static Optional<Failure> failure(Outcome outcome) {
    return switch (outcome.result()) {
      case Outcome.Result.Failed(var failure) -> Optional.of(failure);
      case Outcome.Result.Silent(var failure) -> Optional.of(failure);
      case Outcome.Result.Unclear(var failure) -> Optional.of(failure);
      case Outcome.Result.Done _,
          Outcome.Result.Marked _,
          Outcome.Result.LetIn _,
          Outcome.Result.Fenced _,
          Outcome.Result.Draining _ ->
          Optional.empty();
    };
  }

  static boolean speaksOfAcceptance(Failure failure) {
    return NOT_ACCEPTED.contains(failure.reason());
  }

  boolean attachedAsAsked() {
    return active().isPresent()
        && facts.intent().filter(i -> i.place().equals(active().get().place())).isPresent();
  }

  Optional<Attachment> active() {
    return memory.active().map(Memory.Active::attachment);
  }

  boolean leaving() {
    return facts.service().life() == Facts.Life.Deleting
        || facts.intent().filter(i -> i.state() == Intent.State.Detached).isPresent();
  }

  /// Whether the conditions about the active epoch still speak about the spec before.
  boolean inTransit() {
    return swap.underWay() || (active().isPresent() && !leaving() && !attachedAsAsked());
  }

  boolean did(Class<? extends Action> kind) {
    return facts.outcomes().stream().anyMatch(o -> o.done() && kind.isInstance(o.action()));
  }
}
