package dev.backingservice.model;

/// One workload in the service's namespace.
public record WorkloadKey(WorkloadSelector.Kind kind, String name) {
  @Override
  public String toString() {
    return kind + " " + name;
  }
}
