package dev.backingservice.report;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.model.Intent;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Overlaps;
import dev.backingservice.status.MemoryWriter;
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
  public static Report report(@Nullable BackingServiceStatus before, Aftermath after, Instant now) {
    var was =
        new Conditions(
            before == null || before.conditions() == null ? List.of() : before.conditions());
    var holdingOn = Overlaps.holdingOn(after.facts(), after.swap(), now);
    var verdicts = new Judge(after, was, holdingOn, now).verdicts();
    long generation = after.facts().service().generation();
    var behind = after.inTransit() ? OF_ACTIVE_EPOCH : Set.<String>of();
    var conditions = was.write(verdicts, generation, behind, now);
    var ready = verdicts.getLast();
    var status = status(after, conditions, ready, before, now);
    return new Report(status, Notices.of(after, ready, was, holdingOn));
  }

  /// The status as it was, with the word that a bug stands in the way.
  public static BackingServiceStatus broken(
      @Nullable BackingServiceStatus before, long generation, Instant now) {
    var conditions =
        Conditions.broken(before == null ? null : before.conditions(), generation, now);
    return before == null
        ? BackingServiceStatus.of("Pending", conditions)
        : before.with(conditions);
  }

  private static BackingServiceStatus status(
      Aftermath after,
      List<Condition> conditions,
      Verdict ready,
      @Nullable BackingServiceStatus before,
      Instant now) {
    var memory = after.memory();
    var retained = MemoryWriter.retained(memory);
    var history = history(after, before, now);
    return new BackingServiceStatus(
        after.facts().service().generation(),
        Readiness.phase(after, ready),
        conditions,
        after
            .facts()
            .intent()
            .filter(_ -> !after.facts().given())
            .map(i -> i.access().name())
            .orElse(null),
        after.active().isPresent() ? binding(after, before) : null,
        MemoryWriter.active(memory),
        retained == null ? null : retained.getFirst(),
        retained,
        MemoryWriter.swap(after),
        MemoryWriter.debts(memory),
        history,
        MemoryWriter.lastEpoch(memory, history),
        MemoryWriter.workloads(after),
        certificate(after),
        memory.held().isEmpty()
            ? null
            : new BackingServiceStatus.Inventory(memory.held().getAsInt()),
        null,
        null,
        memory.handledRetry().isEmpty() ? null : memory.handledRetry(),
        MemoryWriter.unasked(memory),
        MemoryWriter.omitted(after));
  }

  private static BackingServiceStatus.@Nullable Binding binding(
      Aftermath after, @Nullable BackingServiceStatus before) {
    return after
        .facts()
        .intent()
        .map(Intent::binding)
        .map(b -> new BackingServiceStatus.Binding(b.secretName()))
        .orElse(before == null ? null : before.binding());
  }

  private static @Nullable List<BackingServiceStatus.HistoryEntry> history(
      Aftermath after, @Nullable BackingServiceStatus before, Instant now) {
    var history =
        new ArrayList<>(
            Objects.requireNonNullElse(
                before == null ? null : before.history(),
                List.<BackingServiceStatus.HistoryEntry>of()));
    entry(after, now).ifPresent(history::addFirst);
    return history.isEmpty() ? null : history.stream().limit(HISTORY).toList();
  }

  private static Optional<BackingServiceStatus.HistoryEntry> entry(Aftermath after, Instant now) {
    var was = after.facts().memory().active().map(a -> a.attachment());
    var is = after.active();
    boolean unchanged = was.isPresent() && is.filter(was.get()::same).isPresent();
    if (unchanged || (was.isEmpty() && is.isEmpty())) return Optional.empty();
    var at = is.or(() -> was).orElseThrow();
    var fence = after.swap().fenceProof().map(FenceProof::result).map(Enum::name).orElse(null);
    return Optional.of(
        new BackingServiceStatus.HistoryEntry(
            at.epoch(),
            at.server(),
            is.isEmpty() ? "Detached" : reason(after),
            Conditions.time(now),
            was.isEmpty() || is.isEmpty() ? null : fence));
  }

  private static String reason(Aftermath after) {
    if (after.facts().memory().active().isEmpty()) return "Attached";
    return after
        .swap()
        .lastMotion()
        .map(Motion::cause)
        .map(
            cause ->
                switch (cause) {
                  case Edit -> "Swapped";
                  case Rotation -> "Rotated";
                  case Repoint, Reshape, HostMoved -> "Repointed";
                  case Failover -> "FailedOver";
                  case ReplacedBy -> "Replaced";
                  case Return -> "Returned";
                })
        .orElse("Attached");
  }

  private static BackingServiceStatus.@Nullable CertificateStatus certificate(Aftermath after) {
    return after.active().isEmpty()
        ? null
        : after
            .memory()
            .certificateEnds()
            .map(end -> new BackingServiceStatus.CertificateStatus(Conditions.time(end)))
            .orElse(null);
  }
}
