package dev.backingservice.plan;

import dev.backingservice.model.Identity;
import dev.backingservice.model.ServerDebt;
import java.util.ArrayList;
import java.util.List;

/// Decides what to do next for one server. Whoever is said to be gone and takes writes is not:
/// the word is taken back, or it would forgive what comes later, too.
public final class ServerPlanner {
  private ServerPlanner() {}

  public static ServerPlan plan(ServerFacts f) {
    var actions = new ArrayList<ServerAction>();
    f.certificate()
        .filter(c -> c.state() == ServerFacts.Certificate.State.Due)
        .ifPresent(c -> actions.add(new ServerAction.IssueCertificate(c)));
    switch (f.seen()) {
      case ServerFacts.Seen.Answers(var identity, _, _, _, _, _) -> answers(f, identity, actions);
      case ServerFacts.Seen.Troubled _ -> forgive(f, f.said().gone(), actions);
    }
    return new ServerPlan(f, actions);
  }

  private static void answers(ServerFacts f, Identity identity, List<ServerAction> actions) {
    if (!f.identified(identity)) return;
    if (f.isNew()) actions.add(new ServerAction.LockStrangers(f.names()));
    boolean here = identity.takesWritesAs(f.said().gone());
    if (here) actions.add(new ServerAction.TakeBackGone());
    forgive(f, here ? "" : f.said().gone(), actions);
    for (var debt : f.owed())
      if (!debt.debt().predecessor() && identity.followsLater(lineage(debt), debt.debt().running()))
        actions.add(new ServerAction.Release(debt));
      else if (identity.takesWritesAs(lineage(debt)))
        actions.add(
            promoted(identity, debt)
                ? new ServerAction.FenceCopy(debt)
                : new ServerAction.Pay(debt));
  }

  /// A copy that was promoted under the name: its predecessor may be alive, and still owes.
  private static boolean promoted(Identity identity, ServerDebt debt) {
    return Identity.later(identity.timeline(), debt.debt().running());
  }

  private static void forgive(ServerFacts f, String gone, List<ServerAction> actions) {
    if (gone.isEmpty()) return;
    var forgiven = f.owed().stream().filter(d -> owes(d, gone)).toList();
    if (!forgiven.isEmpty()) actions.add(new ServerAction.Forgive(forgiven));
  }

  private static boolean owes(ServerDebt debt, String gone) {
    return lineage(debt).equals(gone)
        || Debts.process(debt.debt().attachment(), debt.debt().running()).equals(gone);
  }

  private static String lineage(ServerDebt debt) {
    return debt.debt().attachment().serverId();
  }
}
