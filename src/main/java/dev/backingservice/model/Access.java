package dev.backingservice.model;

/// What a workload may do, mapped to each engine's own privileges.
public enum Access {
  ReadOnly,
  ReadWrite,
  Owner;

  /// How it is said of a login that it holds more than its level.
  public static final String EXCEEDED = "holds more than";

  /// The one of the two that allows less.
  public Access lesser(Access other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
