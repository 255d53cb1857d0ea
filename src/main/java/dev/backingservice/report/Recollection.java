package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Word;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Moves;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Published;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import dev.backingservice.plan.WorkloadFact;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What has to be remembered from now on.
final class Recollection {
  private static final int RETAINED_MAX = 16;
  private final Facts f;
  private final Swap swap;
  private final Instant now;

  private Recollection(Facts f, Swap swap, Instant now) {
    this.f = f;
    this.swap = swap;
    this.now = now;
  }

  static Memory of(Facts f, Swap swap, Instant now) {
    var recollection = new Recollection(f, swap, now);
    var active = recollection.active();
    return new Memory(
        active,
        recollection.retained(active.map(Memory.Active::attachment)),
        swap,
        recollection.debts(),
        f.workloads().stream().filter(WorkloadFact::carries).map(WorkloadFact::key).toList(),
        recollection.relations(),
        recollection.handledRetry());
  }

  private Optional<Memory.Active> active() {
    if (done(Action.Unpublish.class).isPresent() || gone()) return Optional.empty();
    var published = done(Action.Publish.class);
    var attachment = published.map(Action.Publish::attachment).or(f::active);
    var requested =
        published
            .map(Action.Publish::requested)
            .or(() -> done(Action.Amend.class).map(Action.Amend::requested))
            .or(f::requested);
    return attachment.map(
        a -> new Memory.Active(a, requested.orElse(a.place()), since(a), running(a)));
  }

  /// As it was when the epoch was published: a later timeline is noticed by the difference.
  private String running(Attachment attachment) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().equals(attachment) && !a.running().isEmpty())
        .map(Memory.Active::running)
        .or(() -> seen(attachment.server()))
        .orElse("");
  }

  private Optional<String> seen(String server) {
    return f.server(server)
        .flatMap(ServerFact::answer)
        .map(ServerFact.Sight.Answers::identity)
        .filter(Identity::writable)
        .map(Identity::running);
  }

  /// Detached, and the Secret was gone before we came.
  private boolean gone() {
    boolean leaving =
        f.service().life() == Facts.Life.Deleting
            || f.intent().filter(i -> i.state() == Intent.State.Detached).isPresent();
    return leaving
        && f.published() instanceof Published.None
        && f.outcomes().stream().allMatch(o -> o.done() || o.action().independent());
  }

  private Instant since(Attachment attachment) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().equals(attachment))
        .map(Memory.Active::since)
        .orElse(now);
  }

  private List<Memory.Retained> retained(Optional<Attachment> active) {
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
        .limit(RETAINED_MAX)
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

  private List<Debt> debts() {
    var owed = done(Action.Owe.class).map(Action.Owe::debts);
    var published = done(Action.Publish.class).map(Action.Publish::debts);
    return owed.or(() -> published).orElseGet(f::debts).stream()
        .filter(d -> f.outcomes().stream().allMatch(o -> proof(o, d.attachment()).isEmpty()))
        .toList();
  }

  private static Optional<FenceProof> proof(Outcome outcome, Attachment attachment) {
    return outcome.action() instanceof Action.Settle(var settled)
            && settled.equals(attachment)
            && outcome.result() instanceof Outcome.Result.Fenced(var proof)
            && proof.result() == FenceProof.Result.Verified
        ? Optional.of(proof)
        : Optional.empty();
  }

  private Optional<Integer> relations() {
    return f.login().orElse(null) instanceof Facts.Login.LetIn(int relations)
        ? Optional.of(relations)
        : f.memory().relations();
  }

  private String handledRetry() {
    boolean left = f.memory().swap() instanceof Swap.Aborted && !(swap instanceof Swap.Aborted);
    return left ? f.service().annotations().retry() : f.memory().handledRetry();
  }

  private <T extends Action> Optional<T> done(Class<T> kind) {
    return f.outcomes().stream()
        .filter(Outcome::done)
        .map(Outcome::action)
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst();
  }
}
