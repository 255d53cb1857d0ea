package dev.backingservice.plan;

import dev.backingservice.model.Failure;

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

    /// A login was let in.
    ///
    /// @param relations how much its schema holds
    record LetIn(int relations) implements Result {}

    /// A fence with its proof.
    record Fenced(FenceProof proof) implements Result {}

    /// Sessions were still there when the time was up.
    record Draining(int left) implements Result {}

    /// Nobody answers there.
    record Silent(Failure failure) implements Result {}

    /// It did not happen.
    record Failed(Failure failure) implements Result {}

    /// Nobody knows whether it happened; the next look decides.
    record Unclear(Failure failure) implements Result {}
  }

  public boolean done() {
    return switch (result) {
      case Result.Done _, Result.Marked _, Result.LetIn _, Result.Fenced _ -> true;
      case Result.Draining _, Result.Silent _, Result.Failed _, Result.Unclear _ -> false;
    };
  }
}
