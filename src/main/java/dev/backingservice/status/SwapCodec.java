package dev.backingservice.status;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.SwapProgress;
import dev.backingservice.model.Attachment;
import dev.backingservice.plan.Cause;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Motion;
import dev.backingservice.plan.Swap;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The swap in the words of the status.
final class SwapCodec {
  private SwapCodec() {}

  /// @param overlapUntil when an overlap may end at the earliest; empty when there is none
  static @Nullable SwapProgress write(Swap swap, Optional<Instant> overlapUntil) {
    return switch (swap) {
      case Swap.Settled _ -> null;
      case Swap.Prepare(var m, var p) -> new Draft(m, "Prepare").proven(p).done();
      case Swap.Fence(var m) -> new Draft(m, "Fence").done();
      case Swap.Cut(var m, var p) -> new Draft(m, "Cut").proven(Optional.of(p)).done();
      case Swap.Roll(var m, var p, var at) ->
          new Draft(m, "Roll").cut(p, at).overlapping(overlapUntil).done();
      case Swap.Verify(var m, var p, var at) ->
          new Draft(m, "Verify").cut(p, at).overlapping(overlapUntil).done();
      case Swap.Overlap(var m, var p, var at) ->
          new Draft(m, "Overlap").cut(p, at).overlapping(overlapUntil).done();
      case Swap.Retire(var m, var p, var at, var end) ->
          new Draft(m, "Retire").cut(p, at).completed(end).done();
      case Swap.Aborting(var m, var p, var why) ->
          new Draft(m, "Aborting").proven(p).why(why).done();
      case Swap.Aborted(var m, var p, var why, var at) ->
          new Draft(m, "Aborting").proven(Optional.of(p)).why(why).aborted(at).done();
    };
  }

  static Swap read(@Nullable SwapProgress swap) {
    if (swap == null || swap.source() == null || swap.target() == null) return new Swap.Settled();
    var motion =
        new Motion(
            known(Cause.values(), swap.cause()).orElse(Cause.Edit),
            known(Motion.FencePoint.values(), swap.motion()).orElse(Motion.FencePoint.BeforeCut),
            AttachmentCodec.read(swap.source()),
            attachments(swap.alongside()),
            AttachmentCodec.read(swap.target()),
            Times.read(swap.startedAt()),
            Objects.requireNonNullElse(swap.attempts(), 0),
            Optional.ofNullable(swap.postponed()).map(AttachmentCodec::read),
            Objects.requireNonNullElse(swap.compared(), true));
    return state(swap, motion);
  }

  private static Swap state(SwapProgress swap, Motion m) {
    var fence = Optional.ofNullable(swap.fence()).map(SwapCodec::proof);
    var proof = fence.orElse(nothing());
    var why = Objects.requireNonNullElse(swap.message(), "");
    var cutAt = Times.read(swap.cutAt());
    return switch (swap.phase()) {
      case "Prepare" -> new Swap.Prepare(m, fence);
      case "Fence" -> new Swap.Fence(m);
      case "Cut" -> new Swap.Cut(m, proof);
      case "Roll" -> new Swap.Roll(m, proof, cutAt);
      case "Verify" -> new Swap.Verify(m, proof, cutAt);
      case "Overlap" -> new Swap.Overlap(m, proof, cutAt);
      case "Retire" -> new Swap.Retire(m, proof, cutAt, Times.read(swap.completedAt()));
      case "Aborting" ->
          swap.abortedAt() == null
              ? new Swap.Aborting(m, fence, why)
              : new Swap.Aborted(m, proof, why, Times.read(swap.abortedAt()));
      default -> new Swap.Settled();
    };
  }

  private static FenceProof nothing() {
    return new FenceProof(FenceProof.Result.NotNeeded, "", "", 0, Instant.EPOCH);
  }

  private static FenceProof proof(SwapProgress.FenceProgress fence) {
    return new FenceProof(
        known(FenceProof.Result.values(), fence.result()).orElse(FenceProof.Result.Interrupted),
        Objects.requireNonNullElse(fence.instanceId(), ""),
        Objects.requireNonNullElse(fence.position(), ""),
        Objects.requireNonNullElse(fence.sessionsEnded(), 0),
        fence.messagesLeft() == null ? OptionalLong.empty() : OptionalLong.of(fence.messagesLeft()),
        Times.read(fence.at()));
  }

  private static SwapProgress.FenceProgress fence(FenceProof proof) {
    return new SwapProgress.FenceProgress(
        proof.result().name(),
        proof.sessionsEnded(),
        Times.text(proof.at()),
        proof.running().isEmpty() ? null : proof.running(),
        proof.position().isEmpty() ? null : proof.position(),
        proof.messagesLeft().isEmpty() ? null : proof.messagesLeft().getAsLong());
  }

  private static List<Attachment> attachments(
      @Nullable List<BackingServiceStatus.Attachment> list) {
    return list == null ? List.of() : list.stream().map(AttachmentCodec::read).toList();
  }

  private static @Nullable List<BackingServiceStatus.Attachment> written(List<Attachment> list) {
    if (list.isEmpty()) return null;
    return list.stream()
        .map(a -> AttachmentCodec.write(a, AttachmentCodec.Besides.NOTHING))
        .toList();
  }

  private static <E extends Enum<E>> Optional<E> known(E[] words, @Nullable String word) {
    return Stream.of(words).filter(w -> w.name().equals(word)).findFirst();
  }

  /// A swap in the making.
  private record Draft(
      Motion m,
      String phase,
      Optional<FenceProof> proof,
      Optional<Instant> cutAt,
      Optional<Instant> overlapUntil,
      Optional<Instant> completedAt,
      Optional<Instant> abortedAt,
      String message) {
    Draft(Motion m, String phase) {
      this(
          m,
          phase,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          "");
    }

    Draft proven(Optional<FenceProof> by) {
      return new Draft(m, phase, by, cutAt, overlapUntil, completedAt, abortedAt, message);
    }

    Draft cut(FenceProof by, Instant at) {
      return new Draft(
          m,
          phase,
          Optional.of(by),
          Optional.of(at),
          overlapUntil,
          completedAt,
          abortedAt,
          message);
    }

    Draft overlapping(Optional<Instant> until) {
      return new Draft(m, phase, proof, cutAt, until, completedAt, abortedAt, message);
    }

    Draft completed(Instant at) {
      return new Draft(m, phase, proof, cutAt, overlapUntil, Optional.of(at), abortedAt, message);
    }

    Draft aborted(Instant at) {
      return new Draft(m, phase, proof, cutAt, overlapUntil, completedAt, Optional.of(at), message);
    }

    Draft why(String sentence) {
      return new Draft(m, phase, proof, cutAt, overlapUntil, completedAt, abortedAt, sentence);
    }

    SwapProgress done() {
      var position = proof.map(FenceProof::position).filter(p -> !p.isEmpty()).orElse(null);
      return new SwapProgress(
          m.from().server(),
          m.to().server(),
          phase,
          m.cause().name(),
          m.fencePoint().name(),
          AttachmentCodec.write(m.from(), AttachmentCodec.Besides.NOTHING),
          written(m.alongside()),
          AttachmentCodec.write(m.to(), AttachmentCodec.Besides.NOTHING),
          m.postponed()
              .map(a -> AttachmentCodec.write(a, AttachmentCodec.Besides.NOTHING))
              .orElse(null),
          Times.text(m.startedAt()),
          proof.map(SwapCodec::fence).orElse(null),
          cutAt.map(Times::text).orElse(null),
          cutAt.isEmpty() ? null : position,
          overlapUntil.map(Times::text).orElse(null),
          completedAt.map(Times::text).orElse(null),
          m.attempts() == 0 ? null : m.attempts(),
          m.compared() ? null : Boolean.FALSE,
          abortedAt.map(Times::text).orElse(null),
          message.isEmpty() ? null : Bounds.message(message));
    }
  }
}
