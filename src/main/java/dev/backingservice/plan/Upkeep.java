package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps what is attached as it shall be: words, Secret, workloads. Makes no actions when
/// everything stands.
final class Upkeep {
  private static final Duration SLACK = Duration.ofMinutes(1);

  private Upkeep() {}

  static List<Action> actions(Facts f, Swap swap, Instant now) {
    var actions = new ArrayList<Action>(Words.toMake(f, swap, now));
    f.active().flatMap(active -> secret(f, active, now)).ifPresent(actions::add);
    for (var workload : f.workloads()) workload(f, workload).ifPresent(actions::add);
    return actions;
  }

  /// The Secret as it shall be, when it is not: gone or edited, its certificate old, or its
  /// request outdated.
  private static Optional<Action> secret(Facts f, Attachment active, Instant now) {
    var requested = f.requested().orElse(active.place());
    var asked = f.intent().map(Intent::place).filter(active.place()::equals).orElse(requested);
    return switch (f.published()) {
      case Published.Foreign _ -> Optional.empty();
      case Published.None _ -> Optional.of(publish(f, active, asked, ""));
      case Published.Binding b when !f.published(active) || ageing(f, b, now) ->
          Optional.of(publish(f, active, asked, b.resourceVersion()));
      case Published.Binding b when !b.requested().equals(asked) || !b.debts().equals(f.debts()) ->
          Optional.of(new Action.Amend(active, asked, f.debts(), b.resourceVersion()));
      case Published.Binding _ -> Optional.empty();
    };
  }

  private static Action publish(Facts f, Attachment active, Place requested, String guard) {
    return new Action.Publish(active, requested, f.debts(), guard);
  }

  /// Client certificates are renewed at two thirds of their life, and when a shorter life is asked
  /// for; while the namespace is admitted.
  private static boolean ageing(Facts f, Published.Binding binding, Instant now) {
    if (f.server(binding.active().server()).flatMap(ServerFact::consent).isPresent()) return false;
    var life = f.intent().map(Intent::certificateLife).orElse(Duration.ZERO);
    return binding
        .certificateEnds()
        .filter(
            end ->
                now.isAfter(end.minus(life.dividedBy(3)))
                    || end.isAfter(now.plus(life).plus(SLACK)))
        .isPresent();
  }

  private static Optional<Action> workload(Facts f, WorkloadFact workload) {
    if (workload.chosen().isEmpty())
      return workload.carries() ? Optional.of(new Action.Withdraw(workload)) : Optional.empty();
    if (workload.problem().isPresent()) return Optional.empty();
    return f.active()
        .map(Attachment::epoch)
        .filter(epoch -> !workload.intact() || due(f, workload, epoch))
        .map(epoch -> new Action.Project(workload, kept(f, workload, epoch)));
  }

  private static boolean due(Facts f, WorkloadFact workload, long epoch) {
    return kept(f, workload, epoch) != workload.epoch();
  }

  /// `OnNextStart`: a template that carries an epoch keeps it.
  private static long kept(Facts f, WorkloadFact workload, long epoch) {
    boolean patient = f.intent().filter(i -> i.rollout() == Intent.Rollout.OnNextStart).isPresent();
    return patient && workload.carries() ? workload.epoch() : epoch;
  }
}
