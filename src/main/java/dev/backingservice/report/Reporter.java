package dev.backingservice.report;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.model.Intent;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Plan;
import dev.backingservice.plan.Published;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells what happened to one service.
public final class Reporter {
  private static final int HISTORY = 10;
  private static final Set<String> OF_ACTIVE_EPOCH =
      Set.of(Judge.PUBLISHED, Judge.PROJECTED, Judge.ROLLED_OUT, Judge.AVAILABLE, Judge.FENCED);

  private Reporter() {}

  /// @param before the status as it was
  /// @param drift how long to wait when nothing is open
  public static Report report(
      @Nullable BackingServiceStatus before, Done done, Duration drift, Instant now) {
    var story = Story.of(done.plan(), done.outcomes(), now);
    var was =
        new Conditions(
            before == null || before.conditions() == null ? List.of() : before.conditions());
    var verdicts = new Judge(story, was.verdict(Judge.AVAILABLE)).verdicts();
    long generation = story.facts().service().generation();
    var behind = story.inTransit() ? OF_ACTIVE_EPOCH : Set.<String>of();
    var conditions = was.write(verdicts, generation, behind, now);
    var ready = verdicts.getLast();
    var status = status(story, conditions, ready, before, now);
    var notices = Notices.of(story, ready, was.before(Judge.READY));
    return new Report(status, notices, Pace.of(story, conditions, drift, now));
  }

  /// A plan and what became of it.
  public record Done(Plan plan, List<Outcome> outcomes) {
    public Done {
      outcomes = List.copyOf(outcomes);
    }
  }

  private static BackingServiceStatus status(
      Story story,
      List<Condition> conditions,
      Verdict ready,
      @Nullable BackingServiceStatus before,
      Instant now) {
    var memory = story.memory();
    var retained = StatusWriter.retained(memory);
    return new BackingServiceStatus(
        story.facts().service().generation(),
        Readiness.phase(story, ready),
        conditions,
        story.facts().intent().map(i -> i.access().name()).orElse(null),
        story.active().isPresent() ? binding(story, before) : null,
        StatusWriter.active(memory),
        retained == null ? null : retained.getFirst(),
        retained,
        StatusWriter.swap(story.swap()),
        StatusWriter.debts(memory),
        history(story, before, now),
        workloads(story),
        certificate(story, before, now),
        memory.relations().map(BackingServiceStatus.Inventory::new).orElse(null),
        null,
        null,
        memory.handledRetry().isEmpty() ? null : memory.handledRetry());
  }

  private static BackingServiceStatus.@Nullable Binding binding(
      Story story, @Nullable BackingServiceStatus before) {
    return story
        .facts()
        .intent()
        .map(Intent::binding)
        .map(b -> new BackingServiceStatus.Binding(b.secretName()))
        .orElse(before == null ? null : before.binding());
  }

  private static @Nullable List<BackingServiceStatus.HistoryEntry> history(
      Story story, @Nullable BackingServiceStatus before, Instant now) {
    var history =
        new ArrayList<>(
            Objects.requireNonNullElse(
                before == null ? null : before.history(),
                List.<BackingServiceStatus.HistoryEntry>of()));
    entry(story, now).ifPresent(history::addFirst);
    return history.isEmpty() ? null : history.stream().limit(HISTORY).toList();
  }

  private static Optional<BackingServiceStatus.HistoryEntry> entry(Story story, Instant now) {
    var was = story.facts().memory().active().map(a -> a.attachment());
    var is = story.active();
    if (was.equals(is)) return Optional.empty();
    var at = is.or(() -> was).orElseThrow();
    var fence = story.swap().fenceProof().map(FenceProof::result).map(Enum::name).orElse(null);
    return Optional.of(
        new BackingServiceStatus.HistoryEntry(
            at.epoch(),
            at.server(),
            is.isEmpty() ? "Detached" : reason(story),
            Conditions.time(now),
            was.isEmpty() || is.isEmpty() ? null : fence));
  }

  private static String reason(Story story) {
    if (story.facts().memory().active().isEmpty()) return "Attached";
    return story.swap().lastMotion().map(m -> m.kind().name()).orElse("").equals("Repoint")
        ? "Repointed"
        : "Swapped";
  }

  private static @Nullable List<BackingServiceStatus.WorkloadStatus> workloads(Story story) {
    var carried =
        story.facts().workloads().stream()
            .filter(w -> w.carries())
            .map(
                w ->
                    new BackingServiceStatus.WorkloadStatus(
                        w.key().kind().name(), w.key().name(), w.epoch(), w.rolledOut()))
            .toList();
    return carried.isEmpty() ? null : carried;
  }

  private static BackingServiceStatus.@Nullable CertificateStatus certificate(
      Story story, @Nullable BackingServiceStatus before, Instant now) {
    if (story.active().isEmpty()) return null;
    if (story.did(Action.Publish.class))
      return new BackingServiceStatus.CertificateStatus(
          Conditions.time(
              now.plus(story.facts().intent().map(Intent::certificateLife).orElse(Duration.ZERO))));
    if (story.facts().published() instanceof Published.Binding b && b.certificateEnds().isPresent())
      return new BackingServiceStatus.CertificateStatus(Conditions.time(b.certificateEnds().get()));
    return before == null ? null : before.certificate();
  }
}
