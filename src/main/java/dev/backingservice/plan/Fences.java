package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Standing;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which logins a fence names, and what follows from its result by the policy of the swap.
public final class Fences {
  private static final int TRIES = 3;

  private Fences() {}

  /// Every login of the service that may still log in on the server that is left, of the
  /// lineage that answers there.
  static List<Attachment> logins(Facts f, Motion m) {
    var all = all(f, m);
    var here = f.answer(m.from().server()).map(a -> a.identity().serverId());
    var reachable = all.stream().filter(l -> here.equals(Optional.of(l.serverId()))).toList();
    return reachable.isEmpty() ? all : reachable;
  }

  /// Those on a server in whose place another one was accepted: nobody can ask it any more.
  static List<Attachment> replaced(Facts f, Motion m) {
    return all(f, m).stream().filter(at -> Promotions.replaced(f, at)).toList();
  }

  private static List<Attachment> all(Facts f, Motion m) {
    var logins = new ArrayList<>(m.left());
    for (var retained : f.memory().retained()) {
      var at = retained.attachment();
      if (mayLogIn(f, retained) && sameServer(f, m, at) && unnamed(logins, at)) logins.add(at);
    }
    return logins;
  }

  private static boolean sameServer(Facts f, Motion m, Attachment at) {
    return Promotions.oneInstance(f, m.from().server(), at.server())
        && !(at.login().equals(m.to().login())
            && Promotions.oneInstance(f, m.to().server(), at.server()));
  }

  private static boolean unnamed(List<Attachment> logins, Attachment at) {
    return logins.stream().noneMatch(l -> l.login().equals(at.login()));
  }

  /// Whether a former login is not known to be fenced: it works, has sessions, or nobody could look
  /// and nobody ever proved it.
  public static boolean mayLogIn(Facts f, Memory.Retained retained) {
    var at = retained.attachment();
    if (Retention.proof(f, at).isPresent()) return false;
    var answer = f.answer(via(f, at));
    if (answer.isEmpty()) {
      boolean copied = Promotions.behindItsName(f, retained);
      var running = copied ? Debts.running(f, at) : retained.running();
      return (copied || running.isEmpty()) && !Debts.owed(f, at) && !Debts.gone(f, at, running);
    }
    return answer
        .filter(a -> a.identity().serverId().equals(at.serverId()))
        .flatMap(a -> a.standing().find(at.login()))
        .filter(l -> !l.fenced() && !takenOver(f, l, at))
        .isPresent();
  }

  /// A later credential of the same account: what is said of an earlier one does not concern it.
  static boolean takenOver(Facts f, Standing.Login login, Attachment at) {
    return login.uid().equals(f.service().id().uid()) && login.epoch() > at.epoch();
  }

  /// The name by which the server of a login is asked: its own, or the other one that a motion
  /// gave to the same running server, when its own leads there no more.
  static String via(Facts f, Attachment at) {
    return f.memory()
        .swap()
        .lastMotion()
        .filter(m -> m.left().stream().anyMatch(at::same))
        .map(m -> m.overlaps() ? m.to() : m.from())
        .filter(other -> other.serverId().equals(at.serverId()))
        .map(Attachment::server)
        .filter(other -> apart(f, at.server(), other))
        .orElse(at.server());
  }

  /// Whether a name leads to another running server than the other one does, or did when it was
  /// published.
  private static boolean apart(Facts f, String own, String other) {
    var there = Promotions.instance(f, other).or(() -> Promotions.published(f, other));
    return !own.equals(other) && there.isPresent() && !Promotions.instance(f, own).equals(there);
  }

  /// What follows from the last try to fence.
  static Optional<Swap> next(Motion m, Facts f, Instant now) {
    var policy = f.intent().map(Intent::swap);
    if (policy.isEmpty()) return Optional.empty();
    return results(f)
        .flatMap(result -> verdict(m, f, policy.get(), result, now).stream())
        .findFirst();
  }

  private static Stream<Outcome.Result> results(Facts f) {
    return f.outcomes().stream()
        .filter(o -> o.action() instanceof Action.Fence)
        .map(Outcome::result);
  }

  private static Optional<Swap> verdict(
      Motion m, Facts f, SwapPolicy policy, Outcome.Result result, Instant now) {
    boolean late = f.inPhase().compareTo(policy.fenceTimeout()) >= 0;
    return switch (result) {
      case Outcome.Result.Fenced(var proof) -> Optional.of(fenced(m, proof));
      case Outcome.Result.Unanswered(_, int tries, var span) when believed(policy, tries, span) ->
          leaving(m, f, policy, now);
      case Outcome.Result.Stranger _ -> leaving(m, f, policy, now);
      case Outcome.Result.Draining(int left) when late ->
          remaining(
              m,
              policy,
              "sessions or prepared transactions did not end in time (%d left)".formatted(left),
              now);
      case Outcome.Result.Failed(var failure) when late ->
          remaining(m, policy, failure.message(), now);
      case Outcome.Result.Silent(var failure) when late ->
          remaining(m, policy, failure.message(), now);
      case Outcome.Result.Draining _, Outcome.Result.Failed _, Outcome.Result.Unanswered _ ->
          Optional.empty();
      case Outcome.Result.Done _,
          Outcome.Result.Written _,
          Outcome.Result.Marked _,
          Outcome.Result.LetIn _,
          Outcome.Result.Full _,
          Outcome.Result.Silent _,
          Outcome.Result.Unclear _ ->
          Optional.empty();
    };
  }

  /// A restart is no death: silence counts after several tries over some time.
  private static boolean believed(SwapPolicy policy, int tries, Duration span) {
    return tries >= TRIES && span.compareTo(policy.unreachableFor()) >= 0;
  }

  private static Swap fenced(Motion m, FenceProof proof) {
    return m.fencePoint() == Motion.FencePoint.BeforePrepare
        ? new Swap.Prepare(m, Optional.of(proof))
        : new Swap.Cut(m, proof);
  }

  private static Optional<Swap> leaving(Motion m, Facts f, SwapPolicy policy, Instant now) {
    return policy.ifUnreachable() == SwapPolicy.IfUnreachable.Proceed
            || Debts.gone(f, m.from(), Debts.running(f, m.from()))
        ? Optional.of(fenced(m, FenceProof.of(FenceProof.Result.Unreachable, now)))
        : Optional.empty();
  }

  private static Optional<Swap> remaining(Motion m, SwapPolicy policy, String why, Instant now) {
    var proof = FenceProof.of(FenceProof.Result.SessionsRemain, now);
    return Optional.of(
        switch (policy.ifNotDrained()) {
          case Abort -> new Swap.Aborting(m, Optional.of(proof), why);
          case Proceed -> fenced(m, proof);
        });
  }
}
