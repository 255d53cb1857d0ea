package dev.backingservice.engine;

import dev.backingservice.model.Access;
import java.util.Set;

/// What an engine can do, as data: used for admission, planning and honest conditions.
///
/// @param type of the binding, as in `servicebinding.io/<type>`
/// @param levels of access it has
/// @param fence whether old credentials can be proven to be without effect
public record Capabilities(String type, Set<Access> levels, Fence fence) {
  public Capabilities {
    levels = Set.copyOf(levels);
  }

  /// Whether an engine can fence.
  public enum Fence {
    Proven,
    NotSupported
  }
}
