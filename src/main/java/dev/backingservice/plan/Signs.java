package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The small pure questions that the transitions of [Swap] ask.
final class Signs {
  static final String EDITED = "the edit was taken back or changed";
  private static final int ATTEMPTS = 3;
  private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(2);

  private Signs() {}

  /// The new login exists and was let in.
  static boolean knocked(Facts f, Attachment to) {
    return f.outcomes().stream()
        .anyMatch(o -> o.done() && o.action() instanceof Action.Knock(var at) && at.equals(to));
  }

  static Swap prepared(Motion m, Instant now) {
    return switch (m.kind()) {
      case Swap -> new Swap.Fence(m);
      case Repoint -> new Swap.Cut(m, unfenced(now));
    };
  }

  static FenceProof unfenced(Instant now) {
    return new FenceProof(FenceProof.Result.NotNeeded, "", 0, now);
  }

  /// The commit point is behind us.
  static boolean cut(Facts f, Motion m) {
    return f.published(m.to())
        || f.outcomes().stream()
            .anyMatch(
                o ->
                    o.done()
                        && o.action() instanceof Action.Publish publish
                        && publish.attachment().equals(m.to()));
  }

  /// Why the cut cannot be made: the new server is lost or the Secret is refused. A server that
  /// does not answer for a moment is given as long as the fence was.
  static Optional<String> refused(Facts f) {
    var patience = f.intent().map(i -> i.swap().fenceTimeout()).orElse(Duration.ZERO);
    boolean late = f.inPhase().compareTo(patience) >= 0;
    return f.outcomes().stream()
        .filter(o -> o.action() instanceof Action.Knock || o.action() instanceof Action.Publish)
        .map(Outcome::result)
        .flatMap(result -> failure(result).stream())
        .filter(failure -> late || failure.reason() != Reason.ServerUnreachable)
        .map(Failure::message)
        .findFirst();
  }

  private static Optional<Failure> failure(Outcome.Result result) {
    return switch (result) {
      case Outcome.Result.Failed(var failure) -> Optional.of(failure);
      case Outcome.Result.Silent(var failure) -> Optional.of(failure);
      case Outcome.Result.Done _,
          Outcome.Result.Marked _,
          Outcome.Result.LetIn _,
          Outcome.Result.Fenced _,
          Outcome.Result.Draining _,
          Outcome.Result.Unclear _ ->
          Optional.empty();
    };
  }

  /// Somebody else answers under the old name than the one that was fenced.
  static boolean outdated(Facts f, Motion m, FenceProof proof) {
    return proof.result() == FenceProof.Result.Verified
        && f.server(m.from().server())
            .flatMap(ServerFact::answer)
            .filter(a -> !a.identity().running().equals(proof.instance()))
            .isPresent();
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
    return f.intent().filter(i -> i.rollout() == Intent.Rollout.OnNextStart).isPresent()
        || f.active().filter(a -> a.epoch() == w.epoch()).isPresent();
  }

  /// The old server died while its login was to be restored, and the edit still stands.
  static boolean lost(Facts f, Motion m) {
    return f.wants(m.to().place())
        && f.server(m.from().server()).filter(ServerFact::silent).isPresent()
        && f.intent()
            .filter(i -> i.swap().ifUnreachable() == SwapPolicy.IfUnreachable.Proceed)
            .isPresent();
  }

  /// The old login works again.
  static boolean undone(Facts f, Motion m) {
    return f.outcomes().stream()
        .anyMatch(
            o ->
                o.done()
                    && o.action() instanceof Action.Ensure(var server, var words)
                    && words.stream().anyMatch(w -> w.attachment().equals(m.from()))
                    && server.equals(m.from().server()));
  }

  /// Whether an aborted edit is tried again: after a pause, at most twice; or because somebody
  /// asks.
  static boolean due(Facts f, Motion m, Instant at, Instant now) {
    if (!f.wants(m.to().place()) || asked(f)) return true;
    var timeout = f.intent().map(i -> i.swap().fenceTimeout()).orElse(Duration.ZERO);
    var pause = timeout.multipliedBy(10);
    if (pause.compareTo(SHORTEST_PAUSE) < 0) pause = SHORTEST_PAUSE;
    return m.attempts() < ATTEMPTS && !now.isBefore(at.plus(pause));
  }

  private static boolean asked(Facts f) {
    var retry = f.service().annotations().retry();
    return !retry.isEmpty() && !retry.equals(f.memory().handledRetry());
  }

  static int attempts(Facts f, Motion m) {
    return f.wants(m.to().place()) && !asked(f) ? m.attempts() : 0;
  }
}
