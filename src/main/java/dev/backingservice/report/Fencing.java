package dev.backingservice.report;

import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Moves;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import java.util.List;
import java.util.Optional;

/// Whether an older credential of a service can still write anywhere.
final class Fencing {
  private Fencing() {}

  static Verdict verdict(Story story) {
    var debts = story.memory().debts();
    if (!debts.isEmpty())
      return Verdict.no(
          Judge.FENCED, new Failure(reason(story), debts.getFirst().message() + more(debts)));
    if (story.facts().forgotten() && story.active().isEmpty())
      return Verdict.wait(
          Judge.FENCED, Reason.Pending, "Not every server was asked for an older login yet.");
    if (story.swap() instanceof Swap.Aborted(_, var proof, var why, _)
        && proof.result() == FenceProof.Result.SessionsRemain)
      return Verdict.no(
          Judge.FENCED,
          new Failure(Reason.SessionsRemain, why + "; the old server is in force again"));
    return story.memory().retained().stream()
        .flatMap(r -> moved(story, r).stream())
        .findFirst()
        .map(sentence -> Verdict.wait(Judge.FENCED, Reason.HostMoved, sentence))
        .orElse(
            Verdict.yes(Judge.FENCED, "No older credential of this service can write anywhere."));
  }

  private static Reason reason(Story story) {
    return story.swap().fenceProof().map(FenceProof::result).orElse(null)
            == FenceProof.Result.SessionsRemain
        ? Reason.SessionsRemain
        : Reason.OldServerUnreachable;
  }

  private static String more(List<Debt> debts) {
    return debts.size() == 1 ? "" : " (and %d more)".formatted(debts.size() - 1);
  }

  private static Optional<String> moved(Story story, Memory.Retained retained) {
    var server = retained.attachment().server();
    if (Moves.behindItsName(story.facts(), retained))
      return Optional.of(
          "%s was promoted behind its name: make sure that its predecessor is stopped, the old login may work there"
              .formatted(server));
    return story
        .facts()
        .server(server)
        .flatMap(ServerFact::trouble)
        .filter(t -> t.reason() == Reason.IdentityChanged)
        .map(
            _ ->
                "another server answers under the name of %s: whether the old login is locked there cannot be seen"
                    .formatted(server));
  }
}
