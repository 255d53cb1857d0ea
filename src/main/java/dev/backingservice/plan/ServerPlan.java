package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import java.util.List;
import java.util.Optional;

/// What to do for a server. Each action stands for itself.
public record ServerPlan(ServerFacts facts, List<ServerAction> actions) {
  public ServerPlan {
    actions = List.copyOf(actions);
  }

  /// What became of an action.
  ///
  /// @param failure why it was not done; empty when it was
  public record Done(ServerAction action, Optional<Failure> failure) {}
}
