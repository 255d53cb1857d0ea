package dev.backingservice.kube;

import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How far the pods of a workload are, as its controller says it.
record RolloutStatus(Kind kind, GenericKubernetesResource object) {
  private static final int SCHEDULE_SECONDS = 60;

  /// Whether every pod runs the template, by the rules of `kubectl rollout status`.
  ///
  /// @param changed when the binding was last written into the template
  boolean done(Optional<Instant> changed) {
    return switch (kind) {
      case CronJob -> changed.isEmpty() || jobs().noneMatch(job -> olderThan(job, changed.get()));
      case Deployment -> observed() && deployment();
      case StatefulSet -> observed() && statefulSet();
      case DaemonSet -> observed() && daemonSet();
    };
  }

  /// Why the pods will not come to run the template by themselves, and what to do; empty when they
  /// will.
  Optional<String> halted() {
    return switch (kind) {
      case CronJob -> Optional.empty();
      case Deployment -> paused().or(this::stuck).or(this::refused);
      case StatefulSet -> onDelete().or(this::partitioned);
      case DaemonSet -> onDelete();
    };
  }

  private Optional<String> paused() {
    return Boolean.TRUE.equals(at("spec", "paused"))
        ? Optional.of("is paused: kubectl rollout resume it")
        : Optional.empty();
  }

  private Optional<String> stuck() {
    return condition("Progressing", "False")
        .map(said -> "makes no progress (%s): heal what its new pods lack".formatted(said));
  }

  private Optional<String> refused() {
    return condition("ReplicaFailure", "True")
        .map(said -> "is not given its pods (%s): heal what that names".formatted(said));
  }

  private Optional<String> onDelete() {
    return "OnDelete".equals(at("spec", "updateStrategy", "type"))
        ? Optional.of("replaces pods when they are deleted (updateStrategy OnDelete): delete them")
        : Optional.empty();
  }

  private Optional<String> partitioned() {
    long partition = number("spec", "updateStrategy", "rollingUpdate", "partition").orElse(0);
    return partition > 0
        ? Optional.of(
            "keeps the old template in its first %d pods (updateStrategy.rollingUpdate.partition): set that to 0"
                .formatted(partition))
        : Optional.empty();
  }

  /// What a condition says that has this status.
  private Optional<String> condition(String type, String status) {
    if (!(at("status", "conditions") instanceof List<?> conditions)) return Optional.empty();
    for (var one : conditions)
      if (one instanceof Map<?, ?> c
          && type.equals(c.get("type"))
          && status.equals(c.get("status")))
        return Optional.of("%s: %s".formatted(c.get("reason"), c.get("message")));
    return Optional.empty();
  }

  private boolean observed() {
    return number("status", "observedGeneration").orElse(0)
        >= Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
  }

  private boolean deployment() {
    long wanted = number("spec", "replicas").orElse(1);
    long updated = number("status", "updatedReplicas").orElse(0);
    return updated >= wanted
        && number("status", "replicas").orElse(0) <= updated
        && number("status", "availableReplicas").orElse(0) >= updated;
  }

  private boolean statefulSet() {
    long wanted = number("spec", "replicas").orElse(1);
    return number("status", "updatedReplicas").orElse(wanted == 0 ? 0 : -1) >= wanted
        && number("status", "readyReplicas").orElse(0) >= wanted;
  }

  private boolean daemonSet() {
    long wanted = number("status", "desiredNumberScheduled").orElse(0);
    return number("status", "updatedNumberScheduled").orElse(0) >= wanted
        && number("status", "numberAvailable").orElse(0) >= wanted;
  }

  /// Names of the Jobs that run.
  private Stream<String> jobs() {
    return at("status", "active") instanceof List<?> active
        ? active.stream()
            .filter(Map.class::isInstance)
            .map(job -> String.valueOf(((Map<?, ?>) job).get("name")))
        : Stream.empty();
  }

  /// The controller names a Job after the minute for which it was scheduled. One with another name
  /// was made by somebody, nobody knows from which template.
  private static boolean olderThan(String job, Instant changed) {
    var minute = job.substring(job.lastIndexOf('-') + 1);
    return !minute.matches("[0-9]{8,9}")
        || Long.parseLong(minute) * SCHEDULE_SECONDS < changed.getEpochSecond();
  }

  private OptionalLong number(String... path) {
    return at(path) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  private @Nullable Object at(String... path) {
    @Nullable Object at = object.getAdditionalProperties();
    for (var step : path) at = at instanceof Map<?, ?> map ? map.get(step) : null;
    return at;
  }
}
