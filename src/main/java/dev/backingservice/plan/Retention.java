package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Which former logins are kept, until when, and with which proof that they are fenced.
record Retention(Facts f, Swap swap, Instant now) {
  private static final int MAX = 16;

  List<Memory.Retained> of(Optional<Attachment> active) {
    var retained = new ArrayList<Memory.Retained>();
    f.memory()
        .active()
        .filter(old -> active.filter(a -> a.same(old.attachment())).isEmpty())
        .ifPresent(old -> retained.add(retired(old)));
    leftOver().ifPresent(retained::add);
    for (var r : f.memory().retained())
      if (retained.stream().noneMatch(known -> known.attachment().same(r.attachment())))
        retained.add(proven(r));
    return fewer(
        retained.stream()
            .filter(r -> active.filter(r.attachment()::sameLogin).isEmpty())
            .filter(r -> !removed(r))
            .toList());
  }

  /// Where there are too many, those go first whose login a later one has taken over.
  private static List<Memory.Retained> fewer(List<Memory.Retained> all) {
    if (all.size() <= MAX) return all;
    var last = new LinkedHashMap<String, Memory.Retained>();
    for (var r : all) last.putIfAbsent(r.attachment().server() + "/" + r.attachment().login(), r);
    return last.values().stream().limit(MAX).toList();
  }

  /// A login that was prepared for an edit that was given up.
  private Optional<Memory.Retained> leftOver() {
    boolean open = f.memory().swap().mayGoBack();
    return f.memory()
        .swap()
        .target()
        .filter(t -> open && !swap.target().equals(Optional.of(t)) && !f.published(t))
        .map(t -> new Memory.Retained(t, now, "", ""));
  }

  /// Where the server moved away from under the old login, that is worth remembering.
  private Memory.Retained retired(Memory.Active old) {
    var keep = now.plus(f.intent().map(Intent::swap).map(s -> s.retainOld()).orElse(Duration.ZERO));
    var asBefore = new Memory.Retained(old.attachment(), keep, old.running(), "");
    boolean stays = swap.lastMotion().filter(Motion::overlaps).isPresent();
    if (stays && Promotions.behindItsName(f, asBefore)) return asBefore;
    var unproven = new Memory.Retained(old.attachment(), keep, "", "");
    return proof(f, old.attachment()).or(this::recorded).map(unproven::fenced).orElse(unproven);
  }

  /// The proof that the cut was made with.
  private Optional<FenceProof> recorded() {
    return swap.fenceProof().filter(p -> p.result() == FenceProof.Result.Verified);
  }

  /// A former login with what is known since: fenced again where its server is now, or let in again
  /// by an undo.
  private Memory.Retained proven(Memory.Retained r) {
    boolean predecessorUnseen =
        Promotions.behindItsName(f, r)
            && f.active().filter(a -> a.server().equals(r.attachment().server())).isPresent();
    if (predecessorUnseen) return r;
    if (letInAgain(r)) return new Memory.Retained(r.attachment(), r.until(), "", "");
    return proof(f, r.attachment()).map(r::fenced).orElse(r);
  }

  private boolean letInAgain(Memory.Retained r) {
    return f.outcomes().stream()
        .anyMatch(o -> o.done() && o.action().makes(r.attachment(), LoginState.Active));
  }

  /// Its time is over, and it does not exist any more.
  private boolean removed(Memory.Retained r) {
    if (now.isBefore(r.until())) return false;
    if (f.given()) return true;
    boolean absent = underItsName(r).filter(a -> find(a, r).isEmpty()).isPresent();
    boolean replaced =
        f.answer(r.attachment().server())
            .filter(a -> !a.identity().serverId().equals(r.attachment().serverId()))
            .isPresent();
    return absent || replaced || (removedNow(r) && !letsInUnderItsName(r));
  }

  private boolean removedNow(Memory.Retained r) {
    return f.outcomes().stream()
        .anyMatch(o -> o.done() && o.action().makes(r.attachment(), LoginState.Absent));
  }

  /// It was removed from the server that it was made on, which has another name by now, and a copy
  /// has its own one.
  private boolean letsInUnderItsName(Memory.Retained r) {
    return !Fences.via(f, r.attachment()).equals(r.attachment().server())
        && underItsName(r).flatMap(a -> find(a, r)).filter(l -> !l.fenced()).isPresent();
  }

  /// Who answers under the name that it was made under, when that is of its lineage.
  private Optional<ServerFact.Sight.Answers> underItsName(Memory.Retained r) {
    return f.answer(r.attachment().server())
        .filter(a -> a.identity().serverId().equals(r.attachment().serverId()));
  }

  /// The login of this epoch or an earlier one; a later one is remembered for itself.
  private static Optional<Standing.Login> find(ServerFact.Sight.Answers answer, Memory.Retained r) {
    return answer
        .standing()
        .find(r.attachment().login())
        .filter(l -> l.epoch() <= r.attachment().epoch());
  }

  /// What a fence or a settlement proved about a login just now.
  static Optional<FenceProof> proof(Facts f, Attachment attachment) {
    return f.outcomes().stream()
        .filter(o -> o.action().fences(attachment))
        .map(Outcome::result)
        .filter(Outcome.Result.Fenced.class::isInstance)
        .map(r -> ((Outcome.Result.Fenced) r).proof())
        .filter(p -> p.result() == FenceProof.Result.Verified)
        .findFirst();
  }
}
