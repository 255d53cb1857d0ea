package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector;
import java.util.Optional;
import java.util.Set;

/// One workload as it stands.
///
/// @param uid of the object; empty when it does not exist
/// @param chosen how it is chosen; empty when it only carries the binding from before
/// @param epoch in its pod template; 0 when it carries none
/// @param intact whether everything that is to be injected is there, whatever the epoch
/// @param rolledOut whether every pod runs the template
/// @param halted why its pods do not come to run the template by themselves; empty when they do
/// @param problem why it cannot be given the binding; empty when it can
public record WorkloadFact(
    WorkloadKey key,
    String uid,
    Optional<Choice> chosen,
    long epoch,
    boolean intact,
    boolean rolledOut,
    Optional<Failure> halted,
    Optional<Failure> problem) {

  /// How a workload is chosen.
  ///
  /// @param containers empty: all
  public record Choice(Set<String> containers, WorkloadSelector.Injection injection) {
    public Choice {
      containers = Set.copyOf(containers);
    }
  }

  /// Whether anything of ours is in it.
  public boolean carries() {
    return epoch > 0;
  }
}
