package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Word;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The first attachment, and the one after a detachment: a motion without an old server. Nothing of
// it needs
/// to be recorded before, because every repetition makes the same login with the same password.
final class Attach {
  private Attach() {}

  static Plan plan(Facts f, Intent intent, Instant now) {
    var refusal = refusal(f, intent);
    if (refusal.isPresent())
      return new Plan(f, f.memory().swap(), Upkeep.actions(f, f.memory().swap(), now), refusal);
    var to = next(f, intent);
    var actions = new ArrayList<Action>(Debts.settle(f));
    boolean first = !f.service().marked();
    if (first && intent.createDatabase() == Intent.CreateDatabase.IfMissing)
      actions.add(new Action.CreateDatabase(intent.place()));
    actions.add(new Action.Ensure(to.server(), List.of(new Action.Desired(to, Word.Prepared))));
    actions.add(new Action.Knock(to));
    if (first) actions.add(new Action.MarkAttached());
    actions.add(new Action.Publish(to, intent.place(), f.debts(), f.published().guard()));
    for (var workload : f.workloads())
      if (workload.chosen().isPresent() && workload.problem().isEmpty())
        actions.add(new Action.Project(workload, to.epoch()));
    return new Plan(f, new Swap.Settled(), actions, Optional.empty());
  }

  private static Optional<Failure> refusal(Facts f, Intent intent) {
    var server = f.server(intent.place().server());
    if (server.isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the server has not been looked at yet"));
    return server.get().consent().or(() -> server.get().trouble()).or(() -> server.get().posture());
  }

  private static Attachment next(Facts f, Intent intent) {
    var serverId =
        f.server(intent.place().server())
            .flatMap(ServerFact::answer)
            .map(a -> a.identity().serverId())
            .orElse("");
    var last = f.memory().retained().stream().map(r -> r.attachment().login()).findFirst();
    var slot = last.map(Names.Slot::besides).orElse(Names.Slot.a);
    var login = Names.login(f.service().instance(), f.service().id(), slot);
    return new Attachment(intent.place(), serverId, login, f.greatestEpoch() + 1);
  }
}
