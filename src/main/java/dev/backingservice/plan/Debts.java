package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Fences still owed. They are settled before anything else is done on their server.
public final class Debts {
  private Debts() {}

  /// Settles what can be settled now.
  static List<Action> settle(Facts f) {
    var actions = new ArrayList<Action>();
    for (var debt : f.debts())
      if (payable(f, debt))
        actions.add(new Action.Settle(debt.server(), debt.attachment(), superseding(f)));
    for (var retained : f.memory().retained())
      if (outOfDate(f, retained)
          && !Promotions.isActive(f, retained.attachment())
          && !later(f, retained))
        actions.add(
            new Action.Settle(
                retained.attachment().server(), retained.attachment(), superseding(f)));
    return actions;
  }

  /// Whether a later credential holds the slot of a former one.
  static boolean later(Facts f, Memory.Retained retained) {
    var at = retained.attachment();
    return f.answer(Fences.via(f, at))
        .flatMap(a -> a.standing().find(at.login()))
        .filter(l -> Fences.takenOver(f, l, at))
        .isPresent();
  }

  /// A proof that does not speak of what answers under the name now.
  private static boolean outOfDate(Facts f, Memory.Retained retained) {
    return Promotions.putBack(f, retained)
        || (Promotions.behindItsName(f, retained)
            && f.active()
                .filter(a -> Promotions.oneInstance(f, a.server(), retained.attachment().server()))
                .isEmpty());
  }

  /// The epoch that takes the place of older ones now.
  static long superseding(Facts f) {
    return f.active().map(Attachment::epoch).orElse(f.greatestEpoch());
  }

  /// Whether the fence of a login is owed by the server that has its name now.
  static boolean owed(Facts f, Attachment at) {
    return f.debts().stream().anyMatch(d -> d.attachment().same(at) && !byPredecessor(f, d));
  }

  private static boolean payable(Facts f, Debt debt) {
    return here(f, debt)
        .filter(a -> a.identity().writable() || sessions(a, debt.attachment()) > 0)
        .isPresent();
  }

  /// The server that the debt is owed to, when it answers: of the lineage, not a copy that was
  /// promoted under its name, and not the active server under another name. The live login is never
  /// locked for a debt.
  private static Optional<ServerFact.Sight.Answers> here(Facts f, Debt debt) {
    var owed = debt.attachment();
    if (Promotions.isActive(f, owed) || promoted(f, debt) || elsewhere(f, debt))
      return Optional.empty();
    return f.answer(owed.server()).filter(a -> a.identity().serverId().equals(owed.serverId()));
  }

  /// Whether the name leads to the active server by now, and that is not known to be the one that
  /// owes.
  public static boolean elsewhere(Facts f, Debt debt) {
    return elsewhere(f, debt.server(), debt.running());
  }

  private static boolean elsewhere(Facts f, String server, String running) {
    return f.active()
            .filter(a -> !a.server().equals(server))
            .filter(a -> Promotions.oneInstance(f, a.server(), server))
            .isPresent()
        && !Promotions.instance(f, server).equals(Optional.of(instance(running)));
  }

  /// Whether a copy was promoted under the name of the server that owes: its predecessor may be
  /// alive.
  public static boolean promoted(Facts f, Debt debt) {
    return Promotions.later(f, debt.attachment(), debt.running());
  }

  /// Whether a copy has taken over the name of the server that owes, and that does not answer there
  /// again.
  public static boolean byPredecessor(Facts f, Debt debt) {
    boolean back = here(f, debt).filter(a -> a.identity().writable()).isPresent();
    return debt.predecessor() && !back;
  }

  /// Nothing is owed any more: the server is gone for ever; it is a standby that has got the locked
  /// login from the new primary; or the login was taken over by a later epoch, which ended what the
  /// earlier one had open.
  static boolean over(Facts f, Debt debt) {
    return gone(f, debt.attachment(), debt.running())
        || (!debt.predecessor() && lockedOnStandby(f, debt))
        || takenOver(f, debt);
  }

  /// Whether the platform team says that the server that owes will never answer again.
  public static boolean forgiven(Facts f, Debt debt) {
    return gone(f, debt.attachment(), debt.running());
  }

  /// Whether the platform team says that the server of a login will never answer again.
  static boolean gone(Facts f, Attachment owed, String running) {
    var said = f.server(owed.server()).map(s -> s.admission().gone()).orElse("");
    if (said.isEmpty()) return false;
    if (said.equals(process(owed, running))) return true;
    return said.equals(owed.serverId())
        && f.answer(owed.server())
            .filter(a -> a.identity().takesWritesAs(owed.serverId()))
            .isEmpty();
  }

  /// The word by which the platform team says that the process that owes is gone, where another one
  /// has its name.
  public static String process(Attachment owed, String running) {
    var process = instance(running);
    return process.isEmpty() ? owed.serverId() + "/former" : process;
  }

  /// The process in what [Identity#running] said; empty when there is none.
  static String instance(String running) {
    return running.contains("@") ? running.substring(0, running.lastIndexOf('@')) : "";
  }

  private static boolean lockedOnStandby(Facts f, Debt debt) {
    return here(f, debt)
        .filter(a -> !a.identity().writable() && follows(f, a, debt))
        .filter(
            a ->
                a.standing()
                    .find(debt.attachment().login())
                    .map(Standing.Login::fenced)
                    .orElse(true))
        .isPresent();
  }

  /// Whether a standby follows a primary that was promoted after the debt was made: by its
  /// timeline, or because it has got the active credential from there. A standby of the server
  /// that owes says nothing about the sessions there.
  private static boolean follows(Facts f, ServerFact.Sight.Answers standby, Debt debt) {
    var owed = Identity.timelineOf(debt.running());
    if (!owed.isEmpty() && standby.identity().timeline().compareTo(owed) > 0) return true;
    return f.active()
        .filter(a -> a.serverId().equals(debt.attachment().serverId()))
        .filter(a -> a.epoch() > debt.attachment().epoch())
        .filter(
            a -> standby.standing().find(a.login()).filter(l -> l.epoch() == a.epoch()).isPresent())
        .isPresent();
  }

  private static boolean takenOver(Facts f, Debt debt) {
    var owed = debt.attachment();
    return f.answer(owed.server())
        .filter(a -> a.identity().takesWritesAs(owed.serverId()))
        .filter(_ -> !promoted(f, debt))
        .flatMap(a -> a.standing().find(owed.login()))
        .filter(l -> Fences.takenOver(f, l, owed))
        .isPresent();
  }

  private static int sessions(ServerFact.Sight.Answers answer, Attachment owed) {
    return answer.standing().find(owed.login()).map(Standing.Login::sessions).orElse(0);
  }

  /// The debts after a cut with this proof: one for each login that was left.
  static List<Debt> after(Facts f, Motion m, FenceProof proof, Instant now) {
    var debts = new ArrayList<>(f.debts());
    if (!f.fences()) return debts;
    var owing = proof.owes() ? Fences.logins(f, m) : List.<Attachment>of();
    for (var old : owing) owe(debts, new Debt(old, now, running(f, old), sentence(old, proof)));
    for (var old : Fences.replaced(f, m))
      owe(debts, new Debt(old, now, running(f, old), replaced(old)));
    if (proofOfAnother(f, m, proof))
      for (var old : Fences.logins(f, m))
        owe(debts, new Debt(old, now, running(f, m.from()), predecessor(m.from()), true));
    return debts;
  }

  private static String predecessor(Attachment from) {
    return "%s was promoted behind its name while it was left: its predecessor may be alive"
        .formatted(from.server());
  }

  /// The same login is owed once by the same running server, since whenever.
  static void owe(List<Debt> debts, Debt debt) {
    if (debt.predecessor()) debts.replaceAll(d -> covers(d, debt) ? d.ofPredecessor() : d);
    if (debts.stream().noneMatch(d -> covers(d, debt))) debts.add(debt);
  }

  /// The same debt with what is seen now of who has the name of the server that owes.
  static Debt seen(Facts f, Debt debt) {
    return promoted(f, debt) ? debt.ofPredecessor() : debt;
  }

  /// Whether what is owed already holds a debt.
  public static boolean covers(Debt known, Debt debt) {
    return known.attachment().same(debt.attachment())
        && (debt.running().isEmpty() || debt.running().equals(known.running()));
  }

  /// A copy was promoted under the old name while it was being left: the proof is the copy's.
  private static boolean proofOfAnother(Facts f, Motion m, FenceProof proof) {
    return proof.result() == FenceProof.Result.Verified
        && Identity.later(Identity.timelineOf(proof.running()), running(f, m.from()));
  }

  private static String replaced(Attachment old) {
    return "another server was accepted as %s, and %s may still work on the former one: stop it, and annotate the BackingServer backingservice.dev/gone: \"%s\""
        .formatted(old.server(), old.login(), old.serverId());
  }

  /// What was last seen under the name of the server that owes.
  static String running(Facts f, Attachment owed) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().server().equals(owed.server()))
        .map(Memory.Active::running)
        .orElse("");
  }

  private static String sentence(Attachment old, FenceProof proof) {
    return switch (proof.result()) {
      case ReadOnly ->
          "%s is a standby: its login is locked when it follows the new primary"
              .formatted(old.server());
      case SessionsRemain, Interrupted ->
          "sessions of the old login may still write on %s: they are ended as soon as it allows"
              .formatted(old.server());
      case Unreachable, Verified, NotNeeded, NotSupported -> unanswered(old);
    };
  }

  static String unanswered(Attachment old) {
    return "%s did not answer: its login is locked as soon as it does; a server that is stopped for good is annotated backingservice.dev/gone by the platform team"
        .formatted(old.server());
  }
}
