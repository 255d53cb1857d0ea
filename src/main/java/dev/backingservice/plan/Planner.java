package dev.backingservice.plan;

import dev.backingservice.model.Abilities;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what to do next for one service.
public final class Planner {
  /// How long one try to fence may hold a thread; longer time-outs are made of several.
  private static final Duration SLICE = Duration.ofSeconds(1);

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
      return foreign(f, intent, now);
    var active = f.active();
    if (active.isEmpty()) return Attach.plan(f, intent, intent.place(), now);
    if (Bindings.replayed(f)) return replayed(f, intent, active.get(), now);
    var swap = f.memory().swap().next(f, now);
    if (!swap.equals(f.memory().swap())) return new Plan(f, swap, List.of(), Optional.empty());
    var actions = new ArrayList<Action>(Debts.settle(f));
    for (var step : steps(f, swap, active.get(), now))
      if (!actions.contains(step)) actions.add(step);
    if (!swap.underWay()) prepared(f, intent).ifPresent(actions::add);
    if (!f.pending() || swap.underWay() || intent.place().equals(active.get().place()))
      return new Plan(f, swap, actions, f.service().given().problem().or(() -> unprepared(f)));
    if (Preflight.waitsForContents(f)) actions.add(new Action.CreateGroups(intent.place()));
    return new Plan(f, swap, actions, Preflight.refusal(f));
  }

  /// Whoever restores a database names the groups as the owners of what is in it.
  private static Optional<Action> prepared(Facts f, Intent intent) {
    return Places.prepared(f, intent.place())
        .filter(place -> f.takesWrites(place.server()))
        .map(Action.CreateGroups::new);
  }

  private static Optional<Failure> unprepared(Facts f) {
    return f.server(f.service().annotations().prepare())
        .flatMap(ServerFact::consent)
        .map(
            refusal ->
                new Failure(
                    refusal.reason(),
                    "annotation backingservice.dev/prepare: " + refusal.message()));
  }

  /// A service whose memory is older than its servers is attached anew where it is, while that
  /// takes writes: an edit that waits is taken up after it, as any other. Otherwise the edit has to
  /// pass its preflight; a refused one moves nobody.
  private static Plan replayed(Facts f, Intent intent, Attachment active, Instant now) {
    if (!f.pending() || intent.place().equals(active.place()))
      return Attach.plan(f, intent, active.place(), now);
    if (f.takesWrites(active.server())) return Attach.plan(f, intent, active.place(), now);
    var refusal = Preflight.refusal(f);
    if (refusal.isEmpty()) return Attach.plan(f, intent, intent.place(), now);
    return new Plan(f, f.memory().swap(), Upkeep.actions(f, new Swap.Settled(), now), refusal);
  }

  /// What is owed does not wait for the Secret.
  private static Plan foreign(Facts f, Intent intent, Instant now) {
    var actions = new ArrayList<Action>(Debts.settle(f));
    for (var kept : DesiredLogins.toRetain(f, now)) if (!actions.contains(kept)) actions.add(kept);
    return new Plan(
        f,
        f.memory().swap(),
        actions,
        Optional.of(
            new Failure(
                Reason.SecretNotOwned,
                "a Secret named %s exists and is not ours: delete it or set binding.secretName"
                    .formatted(intent.binding().secretName()))));
  }

  /// What a recorded state does.
  private static List<Action> steps(Facts f, Swap swap, Attachment active, Instant now) {
    return switch (swap) {
      case Swap.Settled _,
          Swap.Roll _,
          Swap.Verify _,
          Swap.Overlap _,
          Swap.Retire _,
          Swap.Aborted _ ->
          Upkeep.actions(f, swap, now);
      case Swap.Prepare(var m, _) -> {
        // a target that is never ready takes nothing from what is in force
        var actions = new ArrayList<>(DesiredLogins.toMakeBesides(m.to().server(), f, swap, now));
        actions.addAll(Upkeep.inCluster(f, now));
        actions.addAll(DesiredLogins.toPrepare(m.to(), f, swap, now));
        actions.add(new Action.Knock(m.to()));
        yield actions;
      }
      case Swap.Fence(var m) -> fence(f, m);
      case Swap.Cut(var m, var proof) -> cut(f, m, proof, now);
      case Swap.Aborting(var m, var proof, _) -> undo(f, active, m, proof, now);
    };
  }

  /// With its proof, a login counts as fenced under the name of its server: a promoted copy that
  /// answers there comes before.
  private static List<Action> fence(Facts f, Motion m) {
    var actions = new ArrayList<Action>();
    if (f.answer(m.from().server()).isPresent())
      actions.addAll(DesiredLogins.toFenceElsewhere(f, m));
    actions.add(new Action.Fence(m.from().server(), Fences.logins(f, m), m.to().epoch(), SLICE));
    return actions;
  }

  private static List<Action> cut(Facts f, Motion m, FenceProof proof, Instant now) {
    var actions = new ArrayList<Action>(DesiredLogins.toFenceElsewhere(f, m));
    if (mayFollow(f, m, proof))
      actions.add(
          new Action.CatchUp(
              m.from().place(),
              m.to().place(),
              proof.position(),
              f.intent().filter(i -> i.swap().advances()).isPresent()));
    actions.add(new Action.Knock(m.to()));
    actions.add(
        new Action.Publish(
            m.to(),
            m.to().place(),
            Debts.after(f, m, proof, now),
            f.published().guard(),
            Optional.empty()));
    return actions;
  }

  /// A copy of the same lineage has everything that its original has, or is none.
  private static boolean mayFollow(Facts f, Motion m, FenceProof proof) {
    return f.service().abilities().following() == Abilities.Following.Logical
        && proof.result() == FenceProof.Result.Verified
        && !m.from().serverId().equals(m.to().serverId());
  }

  /// First the Secret, so that a late write of the cut finds another version and fails; then the
  /// logins that were locked; what was prepared goes when its server answers. A Secret that is gone
  /// or edited is written anew when its login lets in again; one that cannot be written for too
  /// long comes last.
  private static List<Action> undo(
      Facts f, Attachment active, Motion m, Optional<FenceProof> proof, Instant now) {
    var actions = new ArrayList<Action>();
    var amend = disowning(f, active, m, proof, now);
    if (!SwapGuards.unwritten(f)) amend.ifPresent(actions::add);
    // a motion that overlaps locked nothing, but one whose memory was lost may have
    boolean locked =
        !m.overlaps() || (f.answer(m.from().server()).isPresent() && !f.lets(m.from()));
    if (proof.isPresent() && locked && !f.given()) actions.addAll(restore(f, m));
    if (proof.isPresent() && f.lets(active) && !(f.published() instanceof Published.Binding))
      Upkeep.secret(f, active, now).ifPresent(actions::add);
    if (!f.given())
      actions.add(
          new Action.Tidy(
              m.to().server(), List.of(new Action.Desired(m.to(), LoginState.Absent, 0))));
    if (SwapGuards.unwritten(f)) amend.ifPresent(actions::add);
    return actions;
  }

  /// The write that says in the Secret that the epoch of a motion will not be published.
  private static Optional<Action> disowning(
      Facts f, Attachment active, Motion m, Optional<FenceProof> proof, Instant now) {
    return proof.isPresent()
            && f.published() instanceof Published.Binding b
            && !SwapGuards.spoken(f, m, now)
        ? Optional.of(
            new Action.Amend(
                active,
                f.requested().orElse(active.place()),
                f.debts(),
                m.to().epoch(),
                b.resourceVersion()))
        : Optional.empty();
  }

  /// The credential itself tells whether it works again: where the administrator is refused, or may
  /// not put everything right.
  private static List<Action> restore(Facts f, Motion m) {
    var knock = new Action.Knock(m.from());
    if (f.answer(m.from().server()).isEmpty()) return List.of(knock);
    var old =
        m.left().stream()
            .map(a -> new Action.Desired(a, LoginState.Active, m.to().epoch()))
            .map(d -> DesiredLogins.unlocking(f, d))
            .toList();
    return List.of(new Action.Tidy(m.from().server(), old), knock);
  }
}
