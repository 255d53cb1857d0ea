package dev.backingservice.status;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Memory;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a status recorded before. Words of another version are passed over.
public final class MemoryReader {
  private MemoryReader() {}

  public static Memory read(@Nullable BackingServiceStatus status) {
    if (status == null) return Memory.blank();
    return new Memory(
        Optional.ofNullable(status.active()).map(MemoryReader::active),
        list(status.retained()).stream().map(MemoryReader::retained).toList(),
        SwapCodec.read(status.swap()),
        list(status.debts()).stream().map(AttachmentCodec::read).toList(),
        list(status.workloads()).stream().flatMap(MemoryReader::carrier).toList(),
        status.inventory() == null
            ? OptionalInt.empty()
            : OptionalInt.of(status.inventory().relations()),
        lastEpoch(status),
        Optional.ofNullable(status.certificate()).map(c -> Times.read(c.notAfter())),
        unwellSince(status),
        Objects.requireNonNullElse(status.lastHandledRetry(), ""),
        list(status.unasked()));
  }

  private static long lastEpoch(BackingServiceStatus status) {
    long published = list(status.history()).stream().mapToLong(h -> h.epoch()).max().orElse(0);
    return Math.max(published, Objects.requireNonNullElse(status.lastEpoch(), 0L));
  }

  private static Memory.Active active(BackingServiceStatus.Attachment a) {
    var attachment = AttachmentCodec.read(a);
    return new Memory.Active(
        attachment, attachment.place(), Times.read(a.since()), or(a.instanceId()));
  }

  private static Memory.Retained retained(BackingServiceStatus.Attachment a) {
    return new Memory.Retained(
        AttachmentCodec.read(a), Times.read(a.until()), or(a.instanceId()), or(a.position()));
  }

  private static Stream<WorkloadKey> carrier(BackingServiceStatus.WorkloadStatus w) {
    return Stream.of(WorkloadSelector.Kind.values())
        .filter(kind -> kind.name().equals(w.kind()))
        .map(kind -> new WorkloadKey(kind, w.name()));
  }

  /// A service that is detached is not unwell; one that cannot be is.
  private static Optional<Instant> unwellSince(BackingServiceStatus status) {
    return list(status.conditions()).stream()
        .filter(c -> c.type().equals("Ready") && c.status() != Condition.Status.True)
        .filter(c -> status.active() != null || !c.reason().equals("Detached"))
        .map(c -> Times.read(c.lastTransitionTime()))
        .filter(since -> !since.equals(Instant.EPOCH)) // as the CRD gives it to an unseen resource
        .findFirst();
  }

  private static String or(@Nullable String text) {
    return Objects.requireNonNullElse(text, "");
  }

  private static <T> List<T> list(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
