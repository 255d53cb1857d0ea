package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Identity;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Published;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
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
        recollection.held(),
        recollection.lastEpoch(active),
        recollection.certificateEnds(),
        f.memory().unwellSince(),
        recollection.handledRetry(),
        Unasked.of(f));
  }

  /// Counts an epoch that was prepared and given up, and a publication that failed: no epoch is
  /// used twice, and a first attachment that is tried again is not one whose memory was lost.
  private long lastEpoch(Optional<Memory.Active> active) {
    long tried =
        f.outcomes().stream()
            .map(Outcome::action)
            .filter(Action.Publish.class::isInstance)
            .mapToLong(a -> ((Action.Publish) a).attachment().epoch())
            .max()
            .orElse(0);
    long prepared = swap.target().map(Attachment::epoch).orElse(0L);
    long published = active.map(a -> a.attachment().epoch()).orElse(0L);
    long known = f.leaving() && f.forgotten() ? found() : 0;
    return LongStream.of(f.memory().greatestEpoch(), tried, prepared, published, known)
        .max()
        .orElse(0);
  }

  /// What a service that is not to be attached was found to have had, once nothing of it lets in:
  /// servers that did not answer are remembered by themselves.
  private long found() {
    return FoundLogins.stray(f).isPresent() ? 0 : Math.max(1, f.greatestEpoch());
  }

  private Optional<Memory.Active> active() {
    if (done(Action.Unpublish.class).isPresent() || gone()) return Optional.empty();
    var published = done(Action.Publish.class);
    var attachment = published.map(Action.Publish::attachment).or(f::active).map(this::granted);
    var requested =
        published
            .map(Action.Publish::requested)
            .or(() -> done(Action.Amend.class).map(Action.Amend::requested))
            .or(f::requested);
    return attachment.map(
        a -> new Memory.Active(a, requested.orElse(a.place()), since(a), running(a)));
  }

  /// With the rights that were given to it just now.
  private Attachment granted(Attachment active) {
    return f.outcomes().stream()
        .filter(Outcome::done)
        .flatMap(o -> o.action().desired().stream())
        .filter(d -> d.state() == LoginState.Active && d.attachment().same(active))
        .map(Action.Desired::attachment)
        .findFirst()
        .orElse(active);
  }

  /// As it was when the epoch was published: a later timeline is noticed by the difference.
  private String running(Attachment attachment) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().same(attachment) && !a.running().isEmpty())
        .map(Memory.Active::running)
        .or(() -> seen(attachment))
        .orElse("");
  }

  private Optional<String> seen(Attachment attachment) {
    return f.answer(attachment.server())
        .map(ServerFact.Sight.Answers::identity)
        .filter(i -> i.takesWritesAs(attachment.serverId()))
        .map(Identity::running);
  }

  /// Detached, and the Secret was gone before we came.
  private boolean gone() {
    return f.leaving()
        && !f.published().ours()
        && f.outcomes().stream().allMatch(o -> o.done() || o.action().independent());
  }

  private Instant since(Attachment attachment) {
    return f.memory()
        .active()
        .filter(a -> a.attachment().same(attachment))
        .map(Memory.Active::since)
        .orElse(now);
  }

  private List<Debt> debts() {
    var owed = done(Action.Owe.class).map(Action.Owe::debts);
    var published = done(Action.Publish.class).map(Action.Publish::debts);
    return owed.or(() -> published).or(this::kept).orElseGet(f::debts).stream()
        .filter(d -> Debts.promoted(f, d) || !proven(d))
        .toList();
  }

  /// What a deletion could not hand over to the servers that owe it.
  private Optional<List<Debt>> kept() {
    return f.outcomes().stream()
        .filter(o -> !o.done())
        .map(Outcome::action)
        .filter(Action.HandOver.class::isInstance)
        .map(action -> ((Action.HandOver) action).debts())
        .findFirst();
  }

  /// Whether the process that owes was fenced, or one that lived before: a copy that was promoted
  /// meanwhile proves nothing, nor does another name of its server where nobody knows who owes.
  private boolean proven(Debt debt) {
    if (debt.running().isEmpty() && f.answer(debt.server()).isEmpty()) return false;
    return Retention.proof(f, debt.attachment())
        .map(proof -> Identity.timelineOf(proof.running()))
        .filter(fenced -> !Identity.later(fenced, debt.running()))
        .isPresent();
  }

  private OptionalInt held() {
    if (f.login().orElse(null) instanceof Facts.Login.LetIn(var held, _) && held.isPresent())
      return held;
    return active().stream()
        .flatMap(a -> f.outcomes().stream().flatMap(o -> held(o, a.attachment())))
        .findFirst()
        .orElse(f.memory().held());
  }

  /// What the place held when the published login was let in.
  private static Stream<OptionalInt> held(Outcome outcome, Attachment active) {
    return outcome.action() instanceof Action.Knock(var at)
            && at.same(active)
            && outcome.result() instanceof Outcome.Result.LetIn(var held, _)
            && held.isPresent()
        ? Stream.of(held)
        : Stream.empty();
  }

  private Optional<Instant> certificateEnds() {
    return written()
        .or(() -> Bindings.believed(f).flatMap(Published.Binding::certificateEnds))
        .or(() -> f.memory().certificateEnds());
  }

  private Optional<Instant> written() {
    return f.outcomes().stream()
        .map(Outcome::result)
        .filter(Outcome.Result.Written.class::isInstance)
        .map(result -> ((Outcome.Result.Written) result).certificateEnds())
        .findFirst();
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
