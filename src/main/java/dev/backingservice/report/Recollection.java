package dev.backingservice.report;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Published;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.Swap;
import dev.backingservice.plan.WorkloadFact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What has to be remembered from now on.
final class Recollection {
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
        new Retention(f, swap, now).of(active.map(Memory.Active::attachment)),
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

  private List<Debt> debts() {
    var owed = done(Action.Owe.class).map(Action.Owe::debts);
    var published = done(Action.Publish.class).map(Action.Publish::debts);
    return owed.or(() -> published).orElseGet(f::debts).stream()
        .filter(
            d -> f.outcomes().stream().allMatch(o -> Retention.proof(o, d.attachment()).isEmpty()))
        .toList();
  }

  private Optional<Integer> relations() {
    if (f.login().orElse(null) instanceof Facts.Login.LetIn(int relations))
      return Optional.of(relations);
    return active()
        .flatMap(a -> f.outcomes().stream().flatMap(o -> held(o, a.attachment())).findFirst())
        .or(() -> f.memory().relations());
  }

  /// What the schema held when the published login was let in.
  private static Stream<Integer> held(Outcome outcome, Attachment active) {
    return outcome.action() instanceof Action.Knock(var at)
            && at.equals(active)
            && outcome.result() instanceof Outcome.Result.LetIn(int relations)
        ? Stream.of(relations)
        : Stream.empty();
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
