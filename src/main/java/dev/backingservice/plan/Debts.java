package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Fences still owed. They are settled before anything else is done on their server.
final class Debts {
  private Debts() {}

  /// Settles what can be settled now: the server answers, accepts changes, and is not the active
  // one under
  /// another name.
  static List<Action> settle(Facts f) {
    var actions = new ArrayList<Action>();
    for (var debt : f.debts()) if (payable(f, debt)) actions.add(new Action.Settle(debt));
    return actions;
  }

  private static boolean payable(Facts f, Debt debt) {
    return f.server(debt.server())
        .flatMap(ServerFact::answer)
        .filter(a -> a.identity().writable())
        .filter(a -> a.identity().serverId().equals(debt.attachment().serverId()))
        .filter(a -> another(f, a))
        .isPresent();
  }

  /// A name that leads to the active server now must not lock the live login.
  private static boolean another(Facts f, ServerFact.Sight.Answers answer) {
    var live = f.active().flatMap(a -> f.server(a.server())).flatMap(ServerFact::answer);
    return live.filter(l -> l.identity().instanceId().equals(answer.identity().instanceId()))
        .isEmpty();
  }

  /// The debts after a cut with this proof.
  static List<Debt> after(Facts f, Attachment old, FenceProof proof, Instant now) {
    if (!proof.owes()) return f.debts();
    var debts = new ArrayList<>(f.debts());
    debts.add(new Debt(old, now, sentence(old, proof)));
    return debts;
  }

  private static String sentence(Attachment old, FenceProof proof) {
    return switch (proof.result()) {
      case ReadOnly ->
          "%s is a standby: its login is locked when it follows the new primary"
              .formatted(old.server());
      case SessionsRemain ->
          "sessions of the old login may still write on %s: they are ended as soon as it allows"
              .formatted(old.server());
      case Unreachable, Verified, NotNeeded, NotSupported ->
          "%s did not answer: its login is locked as soon as it does".formatted(old.server());
    };
  }
}
