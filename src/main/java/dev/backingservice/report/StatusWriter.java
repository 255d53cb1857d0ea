package dev.backingservice.report;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The memory, in the words of the status. The reverse of `observe.MemoryReader`.
final class StatusWriter {
  private StatusWriter() {}

  static BackingServiceStatus.@Nullable Attachment active(Memory memory) {
    return memory
        .active()
        .map(a -> attachment(a.attachment(), a.since(), null, a.running()))
        .orElse(null);
  }

  static @Nullable List<BackingServiceStatus.Attachment> retained(Memory memory) {
    if (memory.retained().isEmpty()) return null;
    return memory.retained().stream()
        .map(r -> attachment(r.attachment(), null, r.until(), r.running()))
        .toList();
  }

  static @Nullable List<BackingServiceStatus.Debt> debts(Memory memory) {
    if (memory.debts().isEmpty()) return null;
    return memory.debts().stream().map(StatusWriter::debt).toList();
  }

  private static BackingServiceStatus.Debt debt(Debt debt) {
    var at = debt.attachment();
    return new BackingServiceStatus.Debt(
        at.server(),
        at.serverId(),
        at.place().database(),
        at.place().schema(),
        at.login(),
        at.epoch(),
        Conditions.time(debt.since()),
        debt.message());
  }

  private static BackingServiceStatus.Attachment attachment(
      Attachment a, @Nullable Instant since, @Nullable Instant until, String instance) {
    return new BackingServiceStatus.Attachment(
        a.server(),
        a.serverId(),
        a.place().database(),
        a.place().schema(),
        a.login(),
        a.epoch(),
        since == null ? null : Conditions.time(since),
        until == null ? null : Conditions.time(until),
        instance.isEmpty() ? null : instance);
  }

  static @Nullable SwapProgress swap(Swap swap) {
    var motion = swap.lastMotion();
    if (motion.isEmpty()) return null;
    return switch (swap) {
      case Swap.Settled _ -> null;
      case Swap.Prepare(var m) -> progress(m, "Prepare", Ends.none());
      case Swap.Fence(var m) -> progress(m, "Fence", Ends.none());
      case Swap.Cut(var m, var p) -> progress(m, "Cut", Ends.of(p));
      case Swap.Roll(var m, var p, var at) -> progress(m, "Roll", Ends.cut(p, at));
      case Swap.Verify(var m, var p, var at) -> progress(m, "Verify", Ends.cut(p, at));
      case Swap.Retire(var m, var p, var at, var end) ->
          progress(
              m,
              "Retire",
              new Ends(Optional.of(p), Optional.of(at), Optional.of(end), Optional.empty(), ""));
      case Swap.Aborting(var m, var p, var why) ->
          progress(
              m,
              "Aborting",
              new Ends(Optional.of(p), Optional.empty(), Optional.empty(), Optional.empty(), why));
      case Swap.Aborted(var m, var p, var why, var at) ->
          progress(
              m,
              "Aborting",
              new Ends(Optional.of(p), Optional.empty(), Optional.empty(), Optional.of(at), why));
    };
  }

  private record Ends(
      Optional<FenceProof> proof,
      Optional<Instant> cut,
      Optional<Instant> completed,
      Optional<Instant> aborted,
      String why) {
    static Ends none() {
      return new Ends(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), "");
    }

    static Ends of(FenceProof proof) {
      return new Ends(Optional.of(proof), Optional.empty(), Optional.empty(), Optional.empty(), "");
    }

    static Ends cut(FenceProof proof, Instant at) {
      return new Ends(Optional.of(proof), Optional.of(at), Optional.empty(), Optional.empty(), "");
    }
  }

  private static SwapProgress progress(Motion m, String phase, Ends ends) {
    return new SwapProgress(
        m.from().server(),
        m.to().server(),
        phase,
        m.kind().name(),
        attachment(m.from(), null, null, ""),
        attachment(m.to(), null, null, ""),
        Conditions.time(m.startedAt()),
        ends.proof.map(StatusWriter::fence).orElse(null),
        ends.cut.map(Conditions::time).orElse(null),
        ends.completed.map(Conditions::time).orElse(null),
        m.attempts() == 0 ? null : m.attempts(),
        ends.aborted.map(Conditions::time).orElse(null),
        ends.why.isEmpty() ? null : ends.why);
  }

  private static SwapProgress.FenceProgress fence(FenceProof proof) {
    return new SwapProgress.FenceProgress(
        proof.result().name(),
        proof.sessionsEnded(),
        Conditions.time(proof.at()),
        proof.instance().isEmpty() ? null : proof.instance());
  }
}
