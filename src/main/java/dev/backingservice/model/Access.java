package dev.backingservice.model;

/// What a workload may do, mapped to each engine's own privileges.
public enum Access {
  ReadOnly,
  ReadWrite,
  Owner;

  /// The one of the two that allows less.
  public Access lesser(Access other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
