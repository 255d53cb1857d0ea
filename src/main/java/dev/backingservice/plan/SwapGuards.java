package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The small pure questions that the transitions of [Swap] ask.
final class SwapGuards {
  static final String GONE = "the edit was taken back or changed";
  static final String OVERTAKEN = "the login that was being prepared was locked for good";

  static final String UNCHECKED =
      "the old server takes writes again, or beside its copy: the edit is checked anew";
  static final String REFUSES = "the new server does not admit what is asked for any more";

  private static final Duration SILENT = Duration.ofSeconds(30);

  /// Longer than a write of the cut may be under way: the API server ends every request after a
  /// minute (kube-apiserver, `--request-timeout`).
  private static final Duration LATE_WRITE = Duration.ofSeconds(90);

  private SwapGuards() {}

  /// Consent is asked for as long as the binding may go back. What is in force already needs
  /// none.
  static boolean refuses(Facts f, Motion m) {
    return f.server(m.to().server()).flatMap(ServerFact::consent).isPresent()
        && f.active().filter(m.to()::same).isEmpty();
  }

  /// What the preflight found is not so any more, or was never asked: the old server takes writes,
  /// and did not answer when the edit was taken up; or its copy takes writes, too.
  static boolean unchecked(Facts f, Motion m) {
    if (m.overlaps() || f.given() || f.active().filter(m.to()::same).isPresent()) return false;
    var from = m.from().server();
    var to = m.to().server();
    return (!m.compared() && takesWrites(f, m))
        || (!Promotions.oneInstance(f, from, to) && Preflight.twins(f, from, to));
  }

  /// The new login exists and was let in.
  static boolean knocked(Facts f, Attachment to) {
    return f.outcomes().stream()
        .anyMatch(o -> o.done() && o.action() instanceof Action.Knock(var at) && at.equals(to));
  }

  /// The login that is being made was superseded meanwhile, as a stranger's on a promoted copy:
  /// it will never be let in, and a later epoch is needed.
  static boolean overtaken(Facts f, Motion m) {
    return f.answer(m.to().server())
        .flatMap(a -> a.standing().find(m.to().login()))
        .filter(l -> l.uid().equals(f.service().id().uid()))
        .filter(l -> l.epoch() == m.to().epoch() && l.superseded() >= m.to().epoch())
        .isPresent();
  }

  static Swap prepared(Facts f, Motion m, Optional<FenceProof> proof, Instant now) {
    return switch (m.fencePoint()) {
      case BeforeCut ->
          f.fences()
              ? new Swap.Fence(m)
              : new Swap.Cut(m, FenceProof.of(FenceProof.Result.NotSupported, now));
      case AfterOverlap -> new Swap.Cut(m, unfenced(now));
      case BeforePrepare -> new Swap.Cut(m, proof.orElse(unfenced(now)));
    };
  }

  static Swap verified(Motion m, FenceProof proof, Instant cutAt, Instant now) {
    return m.overlaps() ? new Swap.Overlap(m, proof, cutAt) : new Swap.Retire(m, proof, cutAt, now);
  }

  static FenceProof unfenced(Instant now) {
    return FenceProof.of(FenceProof.Result.NotNeeded, now);
  }

  static Optional<FenceProof> interrupted(Instant now) {
    return Optional.of(FenceProof.of(FenceProof.Result.Interrupted, now));
  }

  /// The commit point is behind us.
  static boolean cut(Facts f, Motion m) {
    return f.active().filter(m.to()::same).isPresent()
        || f.outcomes().stream()
            .anyMatch(
                o ->
                    o.done()
                        && o.action() instanceof Action.Publish publish
                        && publish.attachment().same(m.to()));
  }

  /// Why the cut cannot be made: the new server is lost, the Secret is refused or somebody else's.
  /// A server that does not answer for a moment is given as long as the fence was, and so is an API
  /// server that cannot say whether it took the Secret, as where a webhook is down.
  static Optional<String> refused(Facts f, FenceProof proof) {
    if (f.published() instanceof Published.Foreign)
      return Optional.of("the binding's Secret is not ours any more");
    var patience = f.intent().map(i -> i.swap().fenceTimeout()).orElse(Duration.ZERO);
    boolean late = f.inPhase().compareTo(patience) >= 0;
    boolean answered = proof.result() != FenceProof.Result.Unreachable; // else nobody is helped
    return f.outcomes().stream()
        .filter(o -> cuts(o.action()))
        .filter(o -> (late && answered) || !(o.result() instanceof Outcome.Result.Unclear))
        .flatMap(o -> o.result().refusal().stream())
        .filter(failure -> late || failure.reason() != Reason.ServerUnreachable)
        .map(Failure::message)
        .findFirst();
  }

  private static boolean cuts(Action action) {
    return action instanceof Action.CatchUp
        || action instanceof Action.Knock
        || action instanceof Action.Publish;
  }

  /// Somebody else answers under the old name than the one that was fenced, or takes writes there
  /// though nothing could be locked; or somebody is there who did not answer the fence. Silence is
  /// believed for a while only: others may remember it for longer than it lasts.
  static boolean outdated(Facts f, Motion m, FenceProof proof) {
    return switch (proof.result()) {
      case Verified -> restarted(f, m, proof);
      case ReadOnly -> takesWrites(f, m);
      case Unreachable ->
          takesWrites(f, m) || troubled(f, m) || f.inPhase().compareTo(believed(f)) >= 0;
      case SessionsRemain, Interrupted, NotNeeded, NotSupported -> false;
    };
  }

  private static boolean restarted(Facts f, Motion m, FenceProof proof) {
    return old(f, m).filter(i -> !i.running().equals(proof.running())).isPresent();
  }

  private static boolean takesWrites(Facts f, Motion m) {
    return old(f, m).filter(Identity::writable).isPresent();
  }

  /// Who answers under the name of the old server, when it is of its lineage.
  private static Optional<Identity> old(Facts f, Motion m) {
    return f.answer(m.from().server())
        .map(ServerFact.Sight.Answers::identity)
        .filter(i -> i.serverId().equals(m.from().serverId()));
  }

  private static boolean troubled(Facts f, Motion m) {
    return f.server(m.from().server()).filter(ServerFact::troubled).isPresent();
  }

  /// How long silence is believed; what the cut waits for has ended before.
  private static Duration believed(Facts f) {
    var patience = f.intent().map(i -> i.swap().fenceTimeout()).orElse(SILENT);
    return patience.compareTo(SILENT) > 0 ? patience : SILENT;
  }

  static boolean projected(Facts f) {
    return f.workloads().stream()
        .filter(w -> w.chosen().isPresent())
        .allMatch(w -> w.intact() && current(f, w));
  }

  static boolean rolledOut(Facts f) {
    return projected(f)
        && f.workloads().stream()
            .filter(w -> w.chosen().isPresent())
            .allMatch(WorkloadFact::rolledOut);
  }

  private static boolean current(Facts f, WorkloadFact w) {
    return f.keepsTemplates() || f.active().filter(a -> a.epoch() == w.epoch()).isPresent();
  }

  /// The old server died, refuses its administrator, or became a standby, while its logins were to
  /// be restored, and the edit still stands. What was tried once is not tried again.
  static boolean lost(Facts f, Motion m, Optional<FenceProof> proof) {
    if (proof.isEmpty() || m.overlaps() || !m.cause().stands(f, m) || refuses(f, m)) return false;
    if (!f.fences()) return false;
    var tried = proof.get().result();
    var policy = f.intent().map(Intent::swap);
    boolean dead =
        tried != FenceProof.Result.Unreachable
            && unanswered(f, m)
            && policy
                .filter(p -> p.ifUnreachable() == SwapPolicy.IfUnreachable.Proceed)
                .isPresent();
    boolean troubled =
        tried == FenceProof.Result.Interrupted
            && troubled(f, m)
            && policy.filter(p -> p.ifNotDrained() == SwapPolicy.IfNotDrained.Proceed).isPresent();
    return dead || troubled || (tried != FenceProof.Result.ReadOnly && lockedOnStandby(f, m));
  }

  /// Nothing can be unlocked on a standby.
  private static boolean lockedOnStandby(Facts f, Motion m) {
    return f.answer(m.from().server())
        .filter(a -> !a.identity().writable() && !a.standing().lets(m.from()))
        .isPresent();
  }

  private static boolean unanswered(Facts f, Motion m) {
    return f.server(m.from().server()).filter(s -> s.silent() || s.stranger()).isPresent();
  }

  /// The old server does not answer, so that nothing can be undone there, and the edit was
  /// changed: what waits now is taken up. The Secret says already that this epoch will not be
  /// published.
  static boolean redirected(Facts f, Motion m, Optional<FenceProof> proof, Instant now) {
    return proof.isPresent()
        && !m.overlaps()
        && !m.cause().stands(f, m)
        && f.answer(m.from().server()).isEmpty()
        && disowned(f, m, now);
  }

  /// The old logins work again, and a late write of the cut cannot succeed any more. Nothing is
  /// asked of a server where nothing was done, and nothing of one that was left because it does
  /// not answer or is a standby: what was locked there is unlocked when that can be done.
  static boolean undone(Facts f, Motion m, Optional<FenceProof> proof, Instant now) {
    if (proof.isEmpty() || !m.concerns(f.active())) return true;
    return disowned(f, m, now)
        && (m.overlaps()
            || !f.fences()
            || (proof.get().result() == FenceProof.Result.Unreachable && unanswered(f, m))
            || (leftAsStandby(proof.get()) && lockedOnStandby(f, m))
            || letIn(f, m.from()));
  }

  private static boolean leftAsStandby(FenceProof proof) {
    return proof.result() == FenceProof.Result.ReadOnly
        || proof.result() == FenceProof.Result.Interrupted;
  }

  /// Whether a login is known to let in: as it was found, made, or tried.
  private static boolean letIn(Facts f, Attachment login) {
    return f.lets(login)
        || knocked(f, login)
        || f.outcomes().stream()
            .anyMatch(o -> o.done() && o.action().makes(login, LoginState.Active));
  }

  /// Whether the Secret says that the epoch of this motion will not be published. Where it is
  /// gone or edited and the old server cannot be asked, nobody waits for that; nor where it cannot
  /// be written for so long that no earlier write is under way.
  static boolean disowned(Facts f, Motion m, Instant now) {
    return unwritten(f) || spoken(f, m, now);
  }

  /// Whether the Secret could not be written for so long that no write of the cut is under way.
  static boolean unwritten(Facts f) {
    return f.inPhase().compareTo(LATE_WRITE) >= 0;
  }

  /// Whether the Secret says it.
  static boolean spoken(Facts f, Motion m, Instant now) {
    return switch (f.published()) {
      case Published.Foreign _ -> true;
      case Published.None _, Published.Edited _ ->
          f.outcomes().stream().anyMatch(SwapGuards::spent)
              || f.active().flatMap(a -> Upkeep.secret(f, a, now)).isEmpty();
      case Published.Binding b -> b.aborted() == m.to().epoch() || marked(f, m);
    };
  }

  /// What cannot be written cannot be written late either.
  private static boolean spent(Outcome o) {
    return o.action() instanceof Action.Publish
        && (o.done() || o.result() instanceof Outcome.Result.Failed);
  }

  private static boolean marked(Facts f, Motion m) {
    return f.outcomes().stream()
        .anyMatch(
            o ->
                o.done()
                    && o.action() instanceof Action.Amend amend
                    && amend.aborted() == m.to().epoch());
  }

  /// An edit that was taken back is over; one that failed waits for its next try.
  static Swap afterUndo(Facts f, Motion m, Optional<FenceProof> proof, String why, Instant now) {
    boolean failed = proof.filter(p -> p.result() != FenceProof.Result.Interrupted).isPresent();
    return failed && m.cause().stands(f, m)
        ? new Swap.Aborted(m.again(), proof.get(), why, now)
        : Overlaps.resumed(m, now);
  }
}
