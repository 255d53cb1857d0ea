package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.WorkloadKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// What the status recorded before: the swap, and what has to be remembered beyond the Secret.
///
/// @param retained former attachments whose logins are still there, newest first
/// @param carriers workloads that were given the binding
/// @param held how much the place held when last seen; empty when never seen
/// @param lastEpoch the greatest epoch that was ever recorded; 0 when nothing was
/// @param certificateEnds when the client certificate in the binding ends
/// @param unwellSince since when the service is not ready; empty while it is
/// @param handledRetry the retry annotation last taken up
/// @param unasked servers that may let an older login in and, since the memory of this service was
///     lost or an older state was put back, have not answered or are standbys; in order
public record Memory(
    Optional<Active> active,
    List<Retained> retained,
    Swap swap,
    List<Debt> debts,
    List<WorkloadKey> carriers,
    OptionalInt held,
    long lastEpoch,
    Optional<Instant> certificateEnds,
    Optional<Instant> unwellSince,
    String handledRetry,
    List<String> unasked) {
  public Memory {
    retained = List.copyOf(retained);
    debts = List.copyOf(debts);
    carriers = List.copyOf(carriers);
    unasked = List.copyOf(unasked);
  }

  /// Nothing happened yet.
  public static Memory blank() {
    return new Memory(
        Optional.empty(),
        List.of(),
        new Swap.Settled(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        "",
        List.of());
  }

  /// The attachment in force.
  ///
  /// @param requested the place that was asked for when it was published
  /// @param running the process and timeline it was published on; empty when nobody looked
  public record Active(Attachment attachment, Place requested, Instant since, String running) {}

  /// A former attachment, kept locked until a time.
  ///
  /// @param running the process and timeline that were fenced; empty when none was
  /// @param position where the log ended at the fence; empty when none was
  public record Retained(Attachment attachment, Instant until, String running, String position) {
    Retained fenced(FenceProof proof) {
      return new Retained(attachment, until, proof.running(), proof.position());
    }
  }

  /// Whether no status was ever recorded.
  public boolean isBlank() {
    return greatestEpoch() == 0;
  }

  public long greatestEpoch() {
    var attachments =
        Stream.of(
                active.map(Active::attachment).stream(),
                swap.target().stream(),
                retained.stream().map(Retained::attachment),
                debts.stream().map(Debt::attachment))
            .flatMap(s -> s);
    return LongStream.concat(LongStream.of(lastEpoch), attachments.mapToLong(Attachment::epoch))
        .max()
        .orElse(0);
  }
}
