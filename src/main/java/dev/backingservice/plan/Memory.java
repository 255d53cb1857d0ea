package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.WorkloadKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// What the status recorded before: the swap, and what has to be remembered beyond the Secret.
///
/// @param retained former attachments whose logins are still there, newest first
/// @param carriers workloads that were given the binding
/// @param relations how much the schema held when last seen; empty when never seen
/// @param handledRetry the retry annotation last taken up
public record Memory(
    Optional<Active> active,
    List<Retained> retained,
    Swap swap,
    List<Debt> debts,
    List<WorkloadKey> carriers,
    Optional<Integer> relations,
    String handledRetry) {
  public Memory {
    retained = List.copyOf(retained);
    debts = List.copyOf(debts);
    carriers = List.copyOf(carriers);
  }

  /// Nothing happened yet.
  public static Memory blank() {
    return new Memory(
        Optional.empty(),
        List.of(),
        new Swap.Settled(),
        List.of(),
        List.of(),
        Optional.empty(),
        "");
  }

  /// The attachment in force.
  ///
  /// @param requested the place that was asked for when it was published
  /// @param running the process and timeline it was published on; empty when nobody looked
  public record Active(Attachment attachment, Place requested, Instant since, String running) {}

  /// A former attachment, kept locked until a time.
  ///
  /// @param running the process and timeline that were fenced; empty when none was
  public record Retained(Attachment attachment, Instant until, String running) {}

  long greatestEpoch() {
    return LongStream.of(
            active.map(a -> a.attachment().epoch()).orElse(0L),
            swap.target().map(Attachment::epoch).orElse(0L),
            Stream.concat(
                    retained.stream().map(Retained::attachment),
                    debts.stream().map(Debt::attachment))
                .mapToLong(Attachment::epoch)
                .max()
                .orElse(0L))
        .max()
        .orElse(0L);
  }
}
