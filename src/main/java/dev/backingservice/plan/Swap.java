package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.LoginState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

// spotless:off
/// How far a swap is. Each state is recorded before its side effects, and everything it does may be
/// repeated.
///
/// | state | does | goes on to | when |
/// |---|---|---|---|
/// | Settled | nothing | Prepare, Fence | an edit waits and the preflight finds nothing in its way; or the server or the binding changed |
/// | Prepare | makes the next login, logs in with it | Fence, Cut | it was let in; Cut where the fence comes later, was made, or is not to be had |
/// | | | Aborting | the motion's cause is gone, its server refuses the namespace, or its login was locked for good |
/// | Fence | locks the old logins, ends their sessions, proves that nobody is left | Cut, Prepare | proven; or nobody answers there and the policy says to proceed |
/// | | | Aborting | sessions remain at the time-out and the policy says so; the cause is gone; the new server refuses the namespace |
/// | Cut | logs in once more, replaces the binding Secret | Roll | the Secret carries the new epoch: the commit point |
/// | | | Fence | another process or timeline answers under the old name than the one fenced, or one takes writes there that could not be fenced |
/// | | | Aborting | the new server is lost, the Secret is refused or not ours, the cause is gone, the new server refuses the namespace |
/// | Roll | gives the workloads the epoch | Verify | every template carries it |
/// | Roll, Verify | | Retire | somebody ends the overlap before it began |
/// | Roll | | Retire, Overlap | every pod runs it already, or there is none |
/// | Verify | waits | Retire, Overlap | every pod runs it; Overlap where the old login still works |
/// | Overlap | lets both logins work | Retire | time and sessions of the old login are over |
/// | Retire | keeps the old logins locked, then removes them | – | – |
/// | Aborting | lets the old logins work again, takes the prepared one away | Aborted | done, and the edit still stands |
/// | | | Settled, Overlap | done, and the cause is gone |
/// | | | Fence | the old server died or became a standby meanwhile |
/// | | | Prepare | the old server does not answer, and a corrected edit waits |
/// | Aborted | waits | Prepare, Fence | the pause is over (twice), or somebody asks to retry, or edits |
/// | | | Prepare | the server or the binding in force changed meanwhile |
/// | Aborting, Aborted | | Roll | a late write of the cut succeeded |
///
/// Roll, Verify, Overlap, Retire, Settled and Aborted take a new edit; after the cut there is no
/// way but forward.
// spotless:on
public sealed interface Swap {

  /// Nothing is under way, and nothing was.
  record Settled() implements Swap {}

  /// @param proof of the fence, where it came first
  record Prepare(Motion motion, Optional<FenceProof> proof) implements Swap {
    /// The same while another edit waits.
    Prepare besides(Attachment postponed) {
      return new Prepare(motion.besides(postponed), proof);
    }
  }

  record Fence(Motion motion) implements Swap {}

  record Cut(Motion motion, FenceProof proof) implements Swap {}

  record Roll(Motion motion, FenceProof proof, Instant cutAt) implements Swap {}

  record Verify(Motion motion, FenceProof proof, Instant cutAt) implements Swap {}

  record Overlap(Motion motion, FenceProof proof, Instant cutAt) implements Swap {}

  record Retire(Motion motion, FenceProof proof, Instant cutAt, Instant completedAt)
      implements Swap {}

  /// @param proof of the fence; empty when nothing was done on the old server
  record Aborting(Motion motion, Optional<FenceProof> proof, String why) implements Swap {}

  record Aborted(Motion motion, FenceProof proof, String why, Instant at) implements Swap {}

  /// The state that follows from what is known now; this one when nothing follows.
  default Swap next(Facts f, Instant now) {
    // spotless:off
    return switch (this) {
      case Settled _                                                     -> Start.of(f, now, 0).orElse(this);

      case Prepare(var m, var p) when !m.cause().stands(f, m)            -> new Aborting(m, p, SwapGuards.GONE);
      case Prepare(var m, var p) when SwapGuards.refuses(f, m)           -> new Aborting(m, p, SwapGuards.REFUSES);
      case Prepare(var m, var p) when SwapGuards.unchecked(f, m)         -> new Aborting(m, p, SwapGuards.UNCHECKED);
      case Prepare(var m, var p) when SwapGuards.overtaken(f, m)         -> new Aborting(m, p, SwapGuards.OVERTAKEN);
      case Prepare(var m, var p) when SwapGuards.knocked(f, m.to())      -> SwapGuards.prepared(f, m, p, now);
      case Prepare _                                                     -> this;

      case Fence(var m) when !m.cause().stands(f, m)                     -> new Aborting(m, SwapGuards.interrupted(now), SwapGuards.GONE);
      case Fence(var m) when SwapGuards.refuses(f, m)                    -> new Aborting(m, SwapGuards.interrupted(now), SwapGuards.REFUSES);
      case Fence(var m) when SwapGuards.unchecked(f, m)                  -> new Aborting(m, SwapGuards.interrupted(now), SwapGuards.UNCHECKED);
      case Fence(var m)                                                  -> Fences.next(m, f, now).orElse(this);

      case Cut(var m, var p) when SwapGuards.cut(f, m)                   -> new Roll(m, p, now);
      case Cut(var m, _) when !m.cause().stands(f, m)                    -> new Aborting(m, SwapGuards.interrupted(now), SwapGuards.GONE);
      case Cut(var m, var p) when SwapGuards.refuses(f, m)               -> new Aborting(m, Optional.of(p), SwapGuards.REFUSES);
      case Cut(var m, _) when SwapGuards.unchecked(f, m)                 -> new Aborting(m, SwapGuards.interrupted(now), SwapGuards.UNCHECKED);
      case Cut(var m, var p) when SwapGuards.refused(f, p).isPresent()   -> new Aborting(m, Optional.of(p), SwapGuards.refused(f, p).get());
      case Cut(var m, var p) when SwapGuards.outdated(f, m, p)           -> new Fence(m);
      case Cut _                                                         -> this;

      case Roll(var m, var p, var at) when Overlaps.ended(f, m)          -> new Retire(m, p, at, now);
      case Roll(var m, var p, var at) when SwapGuards.rolledOut(f)       -> Start.of(f, now, 0).orElse(SwapGuards.verified(m, p, at, now));
      case Roll(var m, var p, var at) when SwapGuards.projected(f)       -> Start.of(f, now, 0).orElse(new Verify(m, p, at));
      case Roll _                                                        -> Start.of(f, now, 0).orElse(this);

      case Verify(var m, var p, var at) when Overlaps.ended(f, m)        -> new Retire(m, p, at, now);
      case Verify(var m, var p, var at) when SwapGuards.rolledOut(f)     -> Start.of(f, now, 0).orElse(SwapGuards.verified(m, p, at, now));
      case Verify _                                                      -> Start.of(f, now, 0).orElse(this);

      case Overlap(var m, var p, var at) when Overlaps.over(f, m, at, now) -> Start.of(f, now, 0).orElse(new Retire(m, p, at, now));
      case Overlap _                                                     -> Start.of(f, now, 0).orElse(this);

      case Retire _                                                      -> Start.of(f, now, 0).orElse(this);

      case Aborting(var m, var p, _) when SwapGuards.cut(f, m)           -> new Roll(m, p.orElse(SwapGuards.unfenced(now)), now);
      case Aborting(var m, var p, _) when SwapGuards.lost(f, m, p)       -> new Fence(m);
      case Aborting(var m, var p, _) when SwapGuards.redirected(f, m, p, now) -> Start.of(f, now, 0).orElse(this);
      case Aborting(var m, var p, var why) when SwapGuards.undone(f, m, p, now) -> SwapGuards.afterUndo(f, m, p, why, now);
      case Aborting _                                                    -> this;

      case Aborted(var m, var p, _, _) when SwapGuards.cut(f, m)         -> new Roll(m, p, now);
      case Aborted(var m, _, _, _) when !m.cause().stands(f, m)          -> Overlaps.resumed(m, now);
      case Aborted(var m, _, _, var at) when Retries.due(f, m, at, now) -> Start.of(f, now, Retries.attempts(f, m)).orElse(this);
      case Aborted(var m, _, _, _)                                       -> Start.besides(f, m, now).orElse(this);
    };
    // spotless:on
  }

  /// What each login of the motion shall be while this state lasts.
  default List<Action.Desired> logins() {
    return switch (this) {
      case Settled _ -> List.of();
      case Prepare(var m, var p) ->
          m.logins(p.isEmpty() ? LoginState.Active : LoginState.Locked, LoginState.Prepared);
      case Fence(var m) ->
          m.logins(
              LoginState.Locked,
              m.fencePoint() == Motion.FencePoint.BeforePrepare
                  ? LoginState.Absent
                  : LoginState.Prepared);
      case Cut(var m, _) -> m.logins(m.leaves(), LoginState.Prepared);
      case Roll(var m, _, _) -> m.logins(m.leaves(), LoginState.Active);
      case Verify(var m, _, _) -> m.logins(m.leaves(), LoginState.Active);
      case Overlap(var m, _, _) -> m.logins(LoginState.Active, LoginState.Active);
      case Retire(var m, _, _, _) -> m.logins(LoginState.Locked, LoginState.Active);
      case Aborting(var m, _, _) -> m.logins(LoginState.Active, LoginState.Absent);
      case Aborted(var m, _, _, _) -> m.logins(LoginState.Active, LoginState.Absent);
    };
  }

  /// The motion under way or last made.
  default Optional<Motion> lastMotion() {
    return switch (this) {
      case Settled _ -> Optional.empty();
      case Prepare(var m, _) -> Optional.of(m);
      case Fence(var m) -> Optional.of(m);
      case Cut(var m, _) -> Optional.of(m);
      case Roll(var m, _, _) -> Optional.of(m);
      case Verify(var m, _, _) -> Optional.of(m);
      case Overlap(var m, _, _) -> Optional.of(m);
      case Retire(var m, _, _, _) -> Optional.of(m);
      case Aborting(var m, _, _) -> Optional.of(m);
      case Aborted(var m, _, _, _) -> Optional.of(m);
    };
  }

  /// What the fence found; empty before it.
  default Optional<FenceProof> fenceProof() {
    return switch (this) {
      case Cut(_, var p) -> Optional.of(p);
      case Roll(_, var p, _) -> Optional.of(p);
      case Verify(_, var p, _) -> Optional.of(p);
      case Overlap(_, var p, _) -> Optional.of(p);
      case Retire(_, var p, _, _) -> Optional.of(p);
      case Prepare(_, var p) -> p;
      case Settled _, Fence _, Aborting _, Aborted _ -> Optional.empty();
    };
  }

  /// The attachment that is being made or was made.
  default Optional<Attachment> target() {
    return lastMotion().map(Motion::to);
  }

  /// Whether the binding may still go either way.
  default boolean underWay() {
    return switch (this) {
      case Prepare _, Fence _, Cut _, Aborting _ -> true;
      case Settled _, Roll _, Verify _, Overlap _, Retire _, Aborted _ -> false;
    };
  }

  /// Whether the old login may be let in again: the cut is not behind us.
  default boolean mayGoBack() {
    return underWay() || this instanceof Aborted;
  }
}
