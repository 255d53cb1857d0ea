package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import java.time.Instant;
import java.util.Optional;

/// How far a swap is. Each state is recorded before its side effects, and everything it does
/// may be repeated.
///
/// | state | does | goes on to | when |
/// |---|---|---|---|
/// | Settled | nothing | Prepare | an edit waits and the preflight finds nothing in its way |
/// | Prepare | makes the next login on the new server, logs in with it | Fence | it was let in (Cut for a re-point) |
/// | | | Aborting | the edit was taken back or changed |
/// | Fence | locks the old login, ends its sessions, proves that nobody is left | Cut | proven; or nobody answers there and the policy says to proceed |
/// | | | Aborting | sessions remain at the time-out and the policy says so; the edit was taken back or changed |
/// | Cut | logs in once more, replaces the binding Secret | Roll | the Secret carries the new epoch: the commit point |
/// | | | Fence | another process or timeline answers under the old name than the one fenced |
/// | | | Aborting | the new server is lost, the Secret is refused, the edit was taken back or changed |
/// | Roll | gives the workloads the epoch | Verify | every template carries it |
/// | Verify | waits | Retire | every pod runs it |
/// | Retire | keeps the old login locked, then removes it | – | – |
/// | Aborting | lets the old login work again, takes the prepared one away | Aborted | done, and the edit still stands |
/// | | | Settled | done, and the edit is gone |
/// | | | Fence | the old server died meanwhile |
/// | Aborted | waits | Prepare | the pause is over (twice), or somebody asks to retry, or edits |
///
/// Roll, Verify, Retire, Settled and Aborted take a new edit; after the cut there is no way but
/// forward.
public sealed interface Swap {

  /// Nothing is under way, and nothing was.
  record Settled() implements Swap {}

  record Prepare(Motion motion) implements Swap {}

  record Fence(Motion motion) implements Swap {}

  record Cut(Motion motion, FenceProof proof) implements Swap {}

  record Roll(Motion motion, FenceProof proof, Instant cutAt) implements Swap {}

  record Verify(Motion motion, FenceProof proof, Instant cutAt) implements Swap {}

  record Retire(Motion motion, FenceProof proof, Instant cutAt, Instant completedAt)
      implements Swap {}

  record Aborting(Motion motion, FenceProof proof, String why) implements Swap {}

  record Aborted(Motion motion, FenceProof proof, String why, Instant at) implements Swap {}

  /// The state that follows from what is known now; this one when nothing follows.
  default Swap next(Facts f, Instant now) {
    // spotless:off
    return switch (this) {
      case Settled _                                                -> Start.of(f, now, 0).orElse(this);

      case Prepare(var m) when !f.wants(m.to().place())             -> new Aborting(m, Signs.unfenced(now), Signs.EDITED);
      case Prepare(var m) when Signs.knocked(f, m.to())             -> Signs.prepared(m, now);
      case Prepare _                                                -> this;

      case Fence(var m) when !f.wants(m.to().place())               -> new Aborting(m, Signs.unfenced(now), Signs.EDITED);
      case Fence(var m)                                             -> Fences.next(m, f, now).orElse(this);

      case Cut(var m, var p) when Signs.cut(f, m)                   -> new Roll(m, p, now);
      case Cut(var m, var p) when !f.wants(m.to().place())          -> new Aborting(m, p, Signs.EDITED);
      case Cut(var m, var p) when Signs.refused(f).isPresent()      -> new Aborting(m, p, Signs.refused(f).get());
      case Cut(var m, var p) when Signs.outdated(f, m, p)           -> new Fence(m);
      case Cut _                                                    -> this;

      case Roll(var m, var p, var at) when Signs.projected(f)       -> Start.of(f, now, 0).orElse(new Verify(m, p, at));
      case Roll _                                                   -> Start.of(f, now, 0).orElse(this);

      case Verify(var m, var p, var at) when Signs.rolledOut(f)     -> Start.of(f, now, 0).orElse(new Retire(m, p, at, now));
      case Verify _                                                 -> Start.of(f, now, 0).orElse(this);

      case Retire _                                                 -> Start.of(f, now, 0).orElse(this);

      case Aborting(var m, var p, _) when f.published(m.to())       -> new Roll(m, p, now);
      case Aborting(var m, _, _) when Signs.lost(f, m)              -> new Fence(m);
      case Aborting(var m, var p, var why) when Signs.undone(f, m)  -> f.wants(m.to().place()) ? new Aborted(m.again(), p, why, now) : new Settled();
      case Aborting _                                               -> this;

      case Aborted _ when !f.pending()                              -> new Settled();
      case Aborted(var m, _, _, var at) when Signs.due(f, m, at, now) -> Start.of(f, now, Signs.attempts(f, m)).orElse(this);
      case Aborted _                                                -> this;
    };
    // spotless:on
  }

  /// The motion under way or last made.
  default Optional<Motion> lastMotion() {
    return switch (this) {
      case Settled _ -> Optional.empty();
      case Prepare(var m) -> Optional.of(m);
      case Fence(var m) -> Optional.of(m);
      case Cut(var m, _) -> Optional.of(m);
      case Roll(var m, _, _) -> Optional.of(m);
      case Verify(var m, _, _) -> Optional.of(m);
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
      case Retire(_, var p, _, _) -> Optional.of(p);
      case Settled _, Prepare _, Fence _, Aborting _, Aborted _ -> Optional.empty();
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
      case Settled _, Roll _, Verify _, Retire _, Aborted _ -> false;
    };
  }
}
