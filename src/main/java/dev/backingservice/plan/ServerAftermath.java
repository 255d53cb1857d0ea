package dev.backingservice.plan;

import dev.backingservice.model.ServerDebt;
import dev.backingservice.plan.ServerFacts.Seen;
import java.util.ArrayList;
import java.util.List;

/// What follows from a plan for a server and what became of it.
public final class ServerAftermath {
  private ServerAftermath() {}

  /// The facts as they are after the actions. A copy whose logins could not be locked has not been
  /// dealt with: it is told as trouble, and tried again.
  public static ServerFacts of(ServerPlan plan, List<ServerPlan.Done> done) {
    var f = plan.facts();
    var owed = new ArrayList<>(f.owed());
    done.stream().filter(d -> d.failure().isEmpty()).forEach(d -> owed.removeAll(settled(d)));
    var seen =
        done.stream()
            .filter(d -> d.action() instanceof ServerAction.LockStrangers)
            .flatMap(d -> d.failure().stream())
            .<Seen>map(Seen.Troubled::new)
            .findFirst()
            .orElse(f.seen());
    return new ServerFacts(
        f.name(), seen, f.recorded(), f.said(), owed, f.certificate(), f.names());
  }

  private static List<ServerDebt> settled(ServerPlan.Done done) {
    return switch (done.action()) {
      case ServerAction.Pay(var debt) -> List.of(debt);
      case ServerAction.Forgive(var debts) -> debts;
      case ServerAction.IssueCertificate _,
          ServerAction.LockStrangers _,
          ServerAction.FenceCopy _,
          ServerAction.Release _,
          ServerAction.TakeBackGone _ ->
          List.of();
    };
  }
}
