package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import java.util.List;
import java.util.Optional;

/// What to do, in order; the first failure stops it.
///
/// @param swap the state to record; when it differs from the recorded one, nothing of it is
/// done yet
/// @param refusal why the edit is not taken up; empty when nothing stands in its way
public record Plan(Facts facts, Swap swap, List<Action> actions, Optional<Failure> refusal) {
  public Plan {
    actions = List.copyOf(actions);
  }
}
