package dev.backingservice.model;

/// What a workload may do, mapped to each engine's own privileges.
public enum Access {
  ReadOnly,
  ReadWrite,
  Owner
}
