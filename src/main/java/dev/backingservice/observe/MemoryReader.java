package dev.backingservice.observe;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a status recorded before. A status that cannot be read counts for nothing: the Secret
/// and the marks on the servers say the same.
public final class MemoryReader {
  private MemoryReader() {}

  public static Memory read(@Nullable BackingServiceStatus status) {
    if (status == null) return Memory.blank();
    return new Memory(
        Optional.ofNullable(status.active()).map(MemoryReader::active),
        list(status.retained()).stream()
            .map(
                a ->
                    new Memory.Retained(
                        attachment(a),
                        time(a.until()),
                        Objects.requireNonNullElse(a.instanceId(), "")))
            .toList(),
        swap(status.swap()),
        list(status.debts()).stream().map(MemoryReader::debt).toList(),
        list(status.workloads()).stream()
            .map(w -> new WorkloadKey(WorkloadSelector.Kind.valueOf(w.kind()), w.name()))
            .toList(),
        Optional.ofNullable(status.inventory()).map(i -> i.relations()),
        Objects.requireNonNullElse(status.lastHandledRetry(), ""));
  }

  private static Memory.Active active(BackingServiceStatus.Attachment active) {
    var attachment = attachment(active);
    return new Memory.Active(
        attachment,
        attachment.place(),
        time(active.since()),
        Objects.requireNonNullElse(active.instanceId(), ""));
  }

  private static Attachment attachment(BackingServiceStatus.Attachment a) {
    return new Attachment(
        new Place(
            a.server(),
            Objects.requireNonNullElse(a.database(), ""),
            Objects.requireNonNullElse(a.schema(), "")),
        Objects.requireNonNullElse(a.serverId(), ""),
        a.login(),
        a.epoch());
  }

  private static Debt debt(BackingServiceStatus.Debt d) {
    var at =
        new BackingServiceStatus.Attachment(
            d.server(),
            d.serverId(),
            d.database(),
            d.schema(),
            d.login(),
            d.epoch(),
            null,
            null,
            null);
    return new Debt(attachment(at), time(d.since()), d.message());
  }

  private static Swap swap(@Nullable SwapProgress swap) {
    if (swap == null || swap.source() == null || swap.target() == null) return new Swap.Settled();
    var motion =
        new Motion(
            Motion.Kind.valueOf(Objects.requireNonNullElse(swap.motion(), "Swap")),
            attachment(swap.source()),
            attachment(swap.target()),
            time(swap.startedAt()),
            Objects.requireNonNullElse(swap.attempts(), 0));
    return state(swap, motion);
  }

  private static Swap state(SwapProgress swap, Motion motion) {
    var proof = proof(swap.fence());
    var why = Objects.requireNonNullElse(swap.message(), "");
    return switch (swap.phase()) {
      case "Prepare" -> new Swap.Prepare(motion);
      case "Fence" -> new Swap.Fence(motion);
      case "Cut" -> new Swap.Cut(motion, proof);
      case "Roll" -> new Swap.Roll(motion, proof, time(swap.cutAt()));
      case "Verify" -> new Swap.Verify(motion, proof, time(swap.cutAt()));
      case "Retire" -> new Swap.Retire(motion, proof, time(swap.cutAt()), time(swap.completedAt()));
      case "Aborting" ->
          swap.abortedAt() == null
              ? new Swap.Aborting(motion, proof, why)
              : new Swap.Aborted(motion, proof, why, time(swap.abortedAt()));
      default -> new Swap.Settled();
    };
  }

  private static FenceProof proof(SwapProgress.@Nullable FenceProgress fence) {
    if (fence == null || fence.result() == null)
      return new FenceProof(FenceProof.Result.NotNeeded, "", 0, Instant.EPOCH);
    return new FenceProof(
        FenceProof.Result.valueOf(fence.result()),
        Objects.requireNonNullElse(fence.instanceId(), ""),
        Objects.requireNonNullElse(fence.sessionsEnded(), 0),
        time(fence.at()));
  }

  private static Instant time(@Nullable String text) {
    return text == null ? Instant.EPOCH : Instant.parse(text);
  }

  private static <T> List<T> list(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
