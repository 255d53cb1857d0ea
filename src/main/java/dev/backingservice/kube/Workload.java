package dev.backingservice.kube;

import dev.backingservice.model.WorkloadKey;
import dev.backingservice.model.WorkloadSelector.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One workload as the API server has it.
public record Workload(WorkloadKey key, String uid, PodTemplateSpec template, boolean rolledOut) {

  /// The epoch of a binding in its template, 0 when it carries none.
  public long epoch(String bindingName) {
    return Projection.epoch(bindingName, template);
  }

  /// Whether everything of a projection is there.
  public boolean intact(Projection projection) {
    return projection.intact(template);
  }

  /// The chosen containers that it does not have.
  public List<String> unknown(Projection projection) {
    return projection.unknown(template);
  }

  static String apiVersion(Kind kind) {
    return kind == Kind.CronJob ? "batch/v1" : "apps/v1";
  }

  /// Where the pod template is.
  static List<String> path(Kind kind) {
    return kind == Kind.CronJob
        ? List.of("spec", "jobTemplate", "spec", "template")
        : List.of("spec", "template");
  }

  /// Whether every pod runs the template, by the rules of `kubectl rollout status`.
  static boolean rolledOut(Kind kind, GenericKubernetesResource object) {
    return switch (kind) {
      case CronJob -> true;
      case Deployment -> observed(object) && deployment(object);
      case StatefulSet -> observed(object) && statefulSet(object);
      case DaemonSet -> observed(object) && daemonSet(object);
    };
  }

  private static boolean observed(GenericKubernetesResource object) {
    return number(object, "status", "observedGeneration").orElse(0L)
        >= Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L);
  }

  private static boolean deployment(GenericKubernetesResource object) {
    long wanted = number(object, "spec", "replicas").orElse(1L);
    long updated = number(object, "status", "updatedReplicas").orElse(0L);
    return updated >= wanted
        && number(object, "status", "replicas").orElse(0L) <= updated
        && number(object, "status", "availableReplicas").orElse(0L) >= updated;
  }

  private static boolean statefulSet(GenericKubernetesResource object) {
    long wanted = number(object, "spec", "replicas").orElse(1L);
    return number(object, "status", "updatedReplicas").orElse(wanted == 0 ? 0L : -1L) >= wanted
        && number(object, "status", "readyReplicas").orElse(0L) >= wanted;
  }

  private static boolean daemonSet(GenericKubernetesResource object) {
    long wanted = number(object, "status", "desiredNumberScheduled").orElse(0L);
    return number(object, "status", "updatedNumberScheduled").orElse(0L) >= wanted
        && number(object, "status", "numberAvailable").orElse(0L) >= wanted;
  }

  private static Optional<Long> number(GenericKubernetesResource object, String... path) {
    Object at = object.getAdditionalProperties();
    for (var step : path) at = at instanceof Map<?, ?> map ? map.get(step) : null;
    return at instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
  }
}
