package dev.backingservice.engine;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.util.Map;
import java.util.Optional;

/// What stands in the way of moving to a server that follows the old one by logical replication.
///
/// @param from on the old server
/// @param to on the new one
/// @param advance whether sequences that are behind there are set
public record Following(Order from, Order to, boolean advance) {
  /// Of statements, so many are told.
  private static final int MOST = 5;

  /// A position that every subscriber has confirmed.
  private static final String BEGIN = "0";

  /// Before the fence: the sequences alone, because whatever is written meanwhile follows.
  public Optional<Failure> before(Session here, Session there) throws EngineException {
    if (advance || confirmed(here, there, BEGIN).isEmpty()) return Optional.empty();
    return sequences(here, there);
  }

  /// After the fence.
  ///
  /// @param position of the old server's log
  public Optional<Failure> after(Session here, Session there, String position)
      throws EngineException {
    var confirmed = confirmed(here, there, position);
    if (confirmed.isEmpty()) return Optional.empty();
    var late = late(confirmed);
    return late.isPresent() ? late : sequences(here, there);
  }

  private Map<String, Boolean> confirmed(Session here, Session there, String position)
      throws EngineException {
    var old = here.replication();
    var next = there.replication();
    if (old.isEmpty() || next.isEmpty()) return Map.of();
    var slots = next.get().slots(to.place());
    return slots.isEmpty() ? Map.of() : old.get().confirmed(from.place(), slots, position);
  }

  private Optional<Failure> late(Map<String, Boolean> confirmed) {
    return confirmed.entrySet().stream()
        .filter(slot -> !slot.getValue())
        .findFirst()
        .map(
            slot ->
                new Failure(
                    Reason.Pending,
                    "the subscription with slot %s has not confirmed everything that %s wrote: see whether it is applied"
                        .formatted(slot.getKey(), from.place().server())));
  }

  private Optional<Failure> sequences(Session here, Session there) throws EngineException {
    var followed = here.replication().orElseThrow().sequences(from);
    var statements = there.replication().orElseThrow().behind(to, followed, advance);
    if (statements.isEmpty()) return Optional.empty();
    var told = String.join("; ", statements.subList(0, Math.min(MOST, statements.size())));
    var more = statements.size() > MOST ? " (and %d more)".formatted(statements.size() - MOST) : "";
    return Optional.of(
        new Failure(
            Reason.SequencesBehind,
            "%d sequences of %s are behind those of %s, which logical replication does not carry over: there, run %s%s with a margin, or set swap.sequences: Advance"
                .formatted(
                    statements.size(), to.place().server(), from.place().server(), told, more)));
  }
}
