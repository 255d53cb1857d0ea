package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Standing.Holds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fences still owed. They are settled before anything else is done on their server.
final class Debts {
  private Debts() {}

  /// Settles what can be settled now: the server answers and is not the active one under another
  /// name.
  static List<Action> settle(Facts f) {
    var actions = new ArrayList<Action>();
    for (var debt : f.debts())
      if (payable(f, debt)) actions.add(new Action.Settle(debt.attachment()));
    for (var retained : f.memory().retained())
      if (Moves.behindItsName(f, retained) && !Moves.live(f, retained.attachment().server()))
        actions.add(new Action.Settle(retained.attachment()));
    return actions;
  }

  private static boolean payable(Facts f, Debt debt) {
    return here(f, debt.attachment())
        .filter(a -> a.identity().writable() || sessions(a, debt.attachment()) > 0)
        .isPresent();
  }

  /// The server that the debt is owed to, when it answers. A name that leads to the active server
  /// now must not lock the live login.
  private static Optional<ServerFact.Sight.Answers> here(Facts f, Attachment owed) {
    return f.server(owed.server())
        .flatMap(ServerFact::answer)
        .filter(a -> a.identity().serverId().equals(owed.serverId()))
        .filter(_ -> !Moves.live(f, owed.server()));
  }

  /// Nothing is owed any more: the server is gone for ever, or it is a standby that follows the new
  /// primary and has got the locked login from there.
  static boolean over(Facts f, Debt debt) {
    var owed = debt.attachment();
    boolean gone =
        f.server(owed.server())
            .filter(s -> !s.admission().gone().isEmpty())
            .filter(s -> s.admission().gone().equals(owed.serverId()))
            .filter(
                s -> s.answer().filter(a -> a.identity().takesWritesAs(owed.serverId())).isEmpty())
            .isPresent();
    return gone
        || here(f, owed)
            .filter(a -> !a.identity().writable() && sessions(a, owed) == 0)
            .filter(a -> lockedIn(a, owed))
            .isPresent();
  }

  private static boolean lockedIn(ServerFact.Sight.Answers answer, Attachment owed) {
    var holds = answer.standing().of(owed.login());
    return holds == Holds.Locked || holds == Holds.Absent;
  }

  private static int sessions(ServerFact.Sight.Answers answer, Attachment owed) {
    var login = answer.standing().logins().get(owed.login());
    return login == null ? 0 : login.sessions();
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
