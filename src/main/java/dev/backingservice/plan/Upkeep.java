package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps what is attached as it shall be: logins, Secret, workloads. Makes no actions when
/// everything stands.
final class Upkeep {
  private static final Duration SLACK = Duration.ofMinutes(1);

  private Upkeep() {}

  static List<Action> actions(Facts f, Swap swap, Instant now) {
    var actions = new ArrayList<Action>(DesiredLogins.toMake(f, swap, now));
    actions.addAll(inCluster(f, now));
    return actions;
  }

  /// The Secret and the workloads alone.
  static List<Action> inCluster(Facts f, Instant now) {
    var actions = new ArrayList<Action>();
    if (f.active().isPresent() && !f.service().marked()) actions.add(new Action.MarkAttached());
    f.active().flatMap(active -> secret(f, active, now)).ifPresent(actions::add);
    for (var workload : f.workloads()) workload(f, workload).ifPresent(actions::add);
    return actions;
  }

  /// The Secret as it shall be, when it is not: gone or edited, its certificate old, its anchors or
  /// its request outdated.
  static Optional<Action> secret(Facts f, Attachment active, Instant now) {
    var requested = f.requested().orElse(active.place());
    var asked = f.intent().map(Intent::place).filter(active.place()::equals).orElse(requested);
    return switch (f.published()) {
      case Published.Foreign _ -> Optional.empty();
      case Published.None _, Published.Edited _ -> publish(f, active, asked, now);
      case Published.Binding b when !f.published(active) || verifiable(f, b) || ageing(f, b, now) ->
          publish(f, active, asked, now);
      case Published.Binding b when !b.requested().equals(asked) || !b.debts().equals(f.debts()) ->
          Optional.of(new Action.Amend(active, asked, f.debts(), b.aborted(), b.resourceVersion()));
      case Published.Binding _ -> Optional.empty();
    };
  }

  /// Whether its anchors are outdated, and a login with those of now was not turned away: they may
  /// fit the administration endpoint and not the one of clients.
  private static boolean verifiable(Facts f, Published.Binding binding) {
    return binding.outdated()
        && f.login().filter(l -> l instanceof Facts.Login.TurnedAway).isEmpty();
  }

  /// Where consent was withdrawn, the client certificate ends when the one before it would have:
  /// whoever deletes the Secret gains nothing.
  private static Optional<Action> publish(
      Facts f, Attachment active, Place requested, Instant now) {
    var ends = refused(f, active) ? f.memory().certificateEnds() : Optional.<Instant>empty();
    if (refused(f, active) && ends.filter(now::isBefore).isEmpty()) return Optional.empty();
    if (!worksOrWill(f, active)) return Optional.empty();
    // other content is another epoch
    if (f.given() && !Bindings.holdsWhatIsGiven(f)) return Optional.empty();
    return Optional.of(
        new Action.Publish(active, requested, f.debts(), f.published().guard(), ends));
  }

  /// Nothing is published that may not let anybody in: its server was seen, and what is amiss there
  /// is put right first.
  static boolean worksOrWill(Facts f, Attachment active) {
    return f.answer(active.server())
        .filter(a -> a.identity().serverId().equals(active.serverId()))
        .filter(a -> a.identity().writable() || a.standing().lets(active))
        .isPresent();
  }

  private static boolean refused(Facts f, Attachment active) {
    return f.server(active.server()).flatMap(ServerFact::consent).isPresent();
  }

  /// Client certificates are renewed at two thirds of their life, and when a shorter life is asked
  /// for; while the namespace is admitted.
  private static boolean ageing(Facts f, Published.Binding binding, Instant now) {
    if (refused(f, binding.active())) return false;
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
      // an edit that is refused takes nothing from anybody
      return workload.carries() && f.request() instanceof Facts.Request.Understood
          ? Optional.of(new Action.Withdraw(workload))
          : Optional.empty();
    if (workload.problem().isPresent()) return Optional.empty();
    return f.active()
        .map(Attachment::epoch)
        .filter(epoch -> projects(f, workload, epoch))
        .filter(epoch -> !workload.intact() || due(f, workload, epoch))
        .map(epoch -> new Action.Project(workload, kept(f, workload, epoch)));
  }

  /// While an edit is refused, only the credential is brought up to date.
  private static boolean projects(Facts f, WorkloadFact workload, long epoch) {
    return f.request() instanceof Facts.Request.Understood || workload.epoch() != epoch;
  }

  private static boolean due(Facts f, WorkloadFact workload, long epoch) {
    return kept(f, workload, epoch) != workload.epoch();
  }

  private static long kept(Facts f, WorkloadFact workload, long epoch) {
    return f.keepsTemplates() && workload.carries() ? workload.epoch() : epoch;
  }
}
