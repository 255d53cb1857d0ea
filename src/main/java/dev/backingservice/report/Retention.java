package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Word;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Moves;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which former logins are kept, and until when.
record Retention(Facts f, Swap swap, Instant now) {
  private static final int MAX = 16;

  List<Memory.Retained> of(Optional<Attachment> active) {
    var retained = new ArrayList<Memory.Retained>();
    f.memory()
        .active()
        .filter(old -> !Optional.of(old.attachment()).equals(active))
        .ifPresent(old -> retained.add(retired(old)));
    leftOver().ifPresent(retained::add);
    f.memory().retained().forEach(r -> retained.add(fencedAgain(r)));
    return retained.stream()
        .filter(r -> active.filter(a -> sameLogin(a, r.attachment())).isEmpty())
        .filter(r -> !removed(r))
        .limit(MAX)
        .toList();
  }

  /// A login that was prepared for an edit that was given up.
  private Optional<Memory.Retained> leftOver() {
    boolean over = f.memory().swap() instanceof Swap.Aborting && !(swap instanceof Swap.Aborting);
    return f.memory()
        .swap()
        .target()
        .filter(t -> over && !(swap instanceof Swap.Roll || swap instanceof Swap.Fence))
        .map(t -> new Memory.Retained(t, now, ""));
  }

  /// After a re-point the old login goes at once; unless its server moved away from under it, which
  /// is worth remembering.
  private Memory.Retained retired(Memory.Active old) {
    var keep = now.plus(f.intent().map(i -> i.swap().retainOld()).orElse(Duration.ZERO));
    boolean shared =
        swap.lastMotion()
            .filter(m -> m.kind() == Motion.Kind.Repoint && m.from().equals(old.attachment()))
            .isPresent();
    if (!shared)
      return new Memory.Retained(
          old.attachment(), keep, swap.fenceProof().map(FenceProof::instance).orElse(""));
    var asBefore = new Memory.Retained(old.attachment(), keep, old.running());
    return Moves.behindItsName(f, asBefore)
        ? asBefore
        : new Memory.Retained(old.attachment(), now, "");
  }

  /// A former server that moved behind its name was fenced where it is now.
  private Memory.Retained fencedAgain(Memory.Retained r) {
    if (r.running().isEmpty()
        || f.active().filter(a -> a.server().equals(r.attachment().server())).isPresent()) return r;
    return f.outcomes().stream()
        .flatMap(o -> proof(o, r.attachment()).stream())
        .findFirst()
        .map(p -> new Memory.Retained(r.attachment(), r.until(), p.instance()))
        .orElse(r);
  }

  private static boolean sameLogin(Attachment one, Attachment other) {
    return one.server().equals(other.server()) && one.login().equals(other.login());
  }

  /// Its time is over, and it does not exist any more.
  private boolean removed(Memory.Retained r) {
    if (now.isBefore(r.until())) return false;
    boolean absent =
        f.server(r.attachment().server())
            .flatMap(ServerFact::answer)
            .filter(a -> !a.standing().logins().containsKey(r.attachment().login()))
            .isPresent();
    return absent || f.outcomes().stream().anyMatch(o -> o.done() && drops(o, r.attachment()));
  }

  private static boolean drops(Outcome outcome, Attachment attachment) {
    var dropped = new Action.Desired(attachment, Word.Absent);
    return switch (outcome.action()) {
      case Action.Ensure(_, var words) -> words.contains(dropped);
      case Action.Tidy(_, var words) -> words.contains(dropped);
      default -> false;
    };
  }

  /// What the settling of a login proved.
  static Optional<FenceProof> proof(Outcome outcome, Attachment attachment) {
    return outcome.action() instanceof Action.Settle(var settled)
            && settled.equals(attachment)
            && outcome.result() instanceof Outcome.Result.Fenced(var proof)
            && proof.result() == FenceProof.Result.Verified
        ? Optional.of(proof)
        : Optional.empty();
  }
}
