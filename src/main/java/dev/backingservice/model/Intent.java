package dev.backingservice.model;

import java.time.Duration;
import java.util.List;

/// What a BackingService asks for, parsed: if it exists, it makes sense.
///
/// @param engine that speaks the block of the spec
/// @param credentials where the service's credential comes from
/// @param comparesContents whether a swap compares what the old and the new place hold: not for a
///     cache
public record Intent(
    EngineKind engine,
    Place place,
    Credentials credentials,
    State state,
    Access access,
    Limits limits,
    CreateDatabase createDatabase,
    boolean comparesContents,
    BindingShape binding,
    List<WorkloadSelector> workloads,
    Rollout rollout,
    SwapPolicy swap,
    Duration certificateLife,
    DeletionPolicy deletionPolicy) {
  public Intent {
    workloads = List.copyOf(workloads);
  }

  /// The same with another binding.
  public Intent with(BindingShape other) {
    return new Intent(
        engine,
        place,
        credentials,
        state,
        access,
        limits,
        createDatabase,
        comparesContents,
        other,
        workloads,
        rollout,
        swap,
        certificateLife,
        deletionPolicy);
  }

  /// Whether the service is attached.
  public enum State {
    Attached,
    Detached
  }

  /// Whether a missing database is created at the first attachment.
  public enum CreateDatabase {
    Never,
    IfMissing
  }

  /// What a new epoch does to running workloads.
  public enum Rollout {
    Restart,
    OnNextStart
  }

  /// What deletion leaves behind.
  public enum DeletionPolicy {
    Retain,
    Delete
  }

  /// What one login may use.
  ///
  /// @param connections sessions at once, 1 to 1000
  /// @param statementTimeout zero: none
  public record Limits(int connections, Duration statementTimeout) {}
}
