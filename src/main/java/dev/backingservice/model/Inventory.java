package dev.backingservice.model;

import java.util.Set;

/// What a place holds, by name: the relations of a schema, the queues under a prefix.
public record Inventory(Set<String> names) {
  public Inventory {
    names = Set.copyOf(names);
  }

  public int size() {
    return names.size();
  }
}
