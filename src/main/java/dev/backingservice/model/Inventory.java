package dev.backingservice.model;

import java.util.Map;
import java.util.Set;

/// What a place holds: by name where names are few, by number where they are not.
public sealed interface Inventory {

  /// How much it is.
  int size();

  /// The relations of a schema, the queues under a prefix.
  ///
  /// @param names of what a service can use
  /// @param closed what is there besides and no service can use, at most a few: who has to grant
  /// it, and how
  record Names(Set<String> names, Map<String, String> closed) implements Inventory {
    public Names {
      names = Set.copyOf(names);
      closed = Map.copyOf(closed);
    }

    public Names(Set<String> names) {
      this(names, Map.of());
    }

    @Override
    public int size() {
      return names.size();
    }
  }

  /// The number of keys under a prefix.
  record Number(int size) implements Inventory {}
}
