package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Word;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
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
    return attachment.map(a -> new Memory.Active(a, requested.orElse(a.place()), since(a)));
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
        .map(Memory.Active::attachment)
        .filter(old -> !Optional.of(old).equals(active))
        .ifPresent(old -> retained.add(new Memory.Retained(old, until(old), fenced())));
    leftOver().ifPresent(retained::add);
    retained.addAll(f.memory().retained());
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

  private Instant until(Attachment old) {
    boolean shared =
        swap.lastMotion()
            .filter(m -> m.kind() == Motion.Kind.Repoint && m.from().equals(old))
            .isPresent();
    var keep = f.intent().map(i -> i.swap().retainOld()).orElse(Duration.ZERO);
    return shared ? now : now.plus(keep);
  }

  private String fenced() {
    return swap.fenceProof().map(FenceProof::instance).orElse("");
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
        .filter(d -> f.outcomes().stream().noneMatch(o -> settles(o, d)))
        .toList();
  }

  private static boolean settles(Outcome outcome, Debt debt) {
    return outcome.action() instanceof Action.Settle(var settled)
        && settled.attachment().equals(debt.attachment())
        && outcome.result() instanceof Outcome.Result.Fenced(var proof)
        && proof.result() == FenceProof.Result.Verified;
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
