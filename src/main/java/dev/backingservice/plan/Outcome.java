package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// What became of an action.
public record Outcome(Action action, Result result) {

  /// The ways an action can end.
  public sealed interface Result {
    record Done() implements Result {}

    /// The resource carries our mark.
    ///
    /// @param version the resource's version since
    /// @param generation of the spec it was made on
    record Marked(String version, long generation) implements Result {}

    /// The binding was written.
    ///
    /// @param certificateEnds when the client certificate in it ends
    record Written(Instant certificateEnds) implements Result {}

    /// A login was let in.
    ///
    /// @param held how much its place holds; empty where that cannot be told
    /// @param beyond that it holds more than its level says; empty where that was not seen
    record LetIn(OptionalInt held, Optional<Failure> beyond) implements Result {
      public LetIn(OptionalInt held) {
        this(held, Optional.empty());
      }
    }

    /// The credential is right, but no connection is free.
    record Full(Failure failure) implements Result {}

    /// A fence with its proof.
    record Fenced(FenceProof proof) implements Result {}

    /// Sessions were still there when the time was up.
    record Draining(int left) implements Result {}

    /// Nobody answered the tries that a fence made itself.
    ///
    /// @param tries how many in a row
    /// @param span from the first of them to the last
    record Unanswered(Failure failure, int tries, Duration span) implements Result {}

    /// Another lineage answers under the name: nothing was done there.
    record Stranger(Failure failure) implements Result {}

    /// Nobody answers there.
    record Silent(Failure failure) implements Result {}

    /// It did not happen.
    record Failed(Failure failure) implements Result {}

    /// Nobody knows whether it happened; the next look decides.
    record Unclear(Failure failure) implements Result {}

    /// Why it did not happen; empty when it did, or goes on.
    default Optional<Failure> refusal() {
      return switch (this) {
        case Unanswered(var failure, _, _) -> Optional.of(failure);
        case Stranger(var failure) -> Optional.of(failure);
        case Silent(var failure) -> Optional.of(failure);
        case Failed(var failure) -> Optional.of(failure);
        case Unclear(var failure) -> Optional.of(failure);
        case Done _, Marked _, Written _, LetIn _, Full _, Fenced _, Draining _ -> Optional.empty();
      };
    }
  }

  public boolean done() {
    return switch (result) {
      case Result.Done _, Result.Marked _, Result.Written _ -> true;
      case Result.LetIn _, Result.Full _, Result.Fenced _ -> true;
      case Result.Draining _, Result.Unanswered _, Result.Stranger _ -> false;
      case Result.Silent _, Result.Failed _, Result.Unclear _ -> false;
    };
  }
}
