package dev.backingservice.status;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.BackingServiceStatus.HistoryEntry;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.model.Attachment;
import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Overlaps;
import dev.backingservice.plan.WorkloadFact;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is to be remembered, in the words of the status. The reverse of [MemoryReader].
public final class MemoryWriter {
  private MemoryWriter() {}

  public static BackingServiceStatus.@Nullable Attachment active(Memory memory) {
    return memory
        .active()
        .map(
            a ->
                AttachmentCodec.write(
                    a.attachment(), new AttachmentCodec.Besides(a.since(), null, a.running(), "")))
        .orElse(null);
  }

  public static @Nullable List<BackingServiceStatus.Attachment> retained(Memory memory) {
    if (memory.retained().isEmpty()) return null;
    return memory.retained().stream().map(MemoryWriter::retained).toList();
  }

  private static BackingServiceStatus.Attachment retained(Memory.Retained r) {
    return AttachmentCodec.write(
        r.attachment(), new AttachmentCodec.Besides(null, r.until(), r.running(), r.position()));
  }

  public static @Nullable SwapProgress swap(Aftermath after) {
    return SwapCodec.write(after.swap(), Overlaps.until(after.facts(), after.swap()));
  }

  public static @Nullable List<BackingServiceStatus.Debt> debts(Memory memory) {
    return Bounds.list(memory.debts().stream().map(AttachmentCodec::write).toList(), Bounds.DEBTS);
  }

  public static @Nullable List<String> unasked(Memory memory) {
    return Bounds.list(memory.unasked(), Bounds.SERVERS);
  }

  /// The greatest epoch that was tried; null when the history or the swap has it.
  public static @Nullable Long lastEpoch(
      Memory memory, @Nullable List<BackingServiceStatus.HistoryEntry> history) {
    long told =
        Stream.concat(
                (history == null ? List.<HistoryEntry>of() : history)
                    .stream().map(HistoryEntry::epoch),
                memory.swap().target().map(Attachment::epoch).stream())
            .mapToLong(epoch -> epoch)
            .max()
            .orElse(0);
    return memory.lastEpoch() <= told ? null : Long.valueOf(memory.lastEpoch());
  }

  public static @Nullable List<BackingServiceStatus.WorkloadStatus> workloads(Aftermath after) {
    return Bounds.list(
        carried(after).stream()
            .map(
                w ->
                    new BackingServiceStatus.WorkloadStatus(
                        w.key().kind().name(), w.key().name(), w.epoch(), w.rolledOut()))
            .toList(),
        Bounds.WORKLOADS);
  }

  /// How many workloads and debts the status does not list; null when it lists all.
  public static BackingServiceStatus.@Nullable Omitted omitted(Aftermath after) {
    var workloads = Bounds.omitted(carried(after), Bounds.WORKLOADS);
    var debts = Bounds.omitted(after.memory().debts(), Bounds.DEBTS);
    return workloads == null && debts == null
        ? null
        : new BackingServiceStatus.Omitted(workloads, debts);
  }

  private static List<WorkloadFact> carried(Aftermath after) {
    return after.facts().workloads().stream().filter(WorkloadFact::carries).toList();
  }
}
