package dev.backingservice.model;

import java.util.Set;

/// Which workloads get the binding, and how.
///
/// @param containers the chosen containers; empty means all, init containers included
public record WorkloadSelector(
    Kind kind, Choice choice, Set<String> containers, Injection injection) {
  public WorkloadSelector {
    containers = Set.copyOf(containers);
  }

  /// The kinds that have a pod template.
  public enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    CronJob
  }

  /// How much is written into a workload.
  public enum Injection {
    Full,
    RestartOnly
  }

  /// By name, or by labels.
  public sealed interface Choice {
    record Named(String name) implements Choice {}

    record Labelled(LabelSelector labels) implements Choice {}
  }
}
