package dev.backingservice.kube;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.WorkloadKey;
import io.fabric8.kubernetes.client.KubernetesClientException;

/// What is said of a workload that the API server does not let us change.
public final class WorkloadRefusals {
  /// Part of what the API server says of a variable that has both.
  private static final String LITERAL = "may not be specified when `value` is not empty";

  private WorkloadRefusals() {}

  /// @param e a definite refusal
  public static Failure failure(WorkloadKey key, KubernetesClientException e) {
    return new Failure(Reason.WorkloadConflict, sentence(key, e));
  }

  private static String sentence(WorkloadKey key, KubernetesClientException e) {
    var said = Refusals.said(e);
    if (Refusals.conflict(e))
      return "%s: somebody else owns a field the binding needs: %s; remove the entry there, or name another variable in inject.env"
          .formatted(key, said);
    if (Refusals.invalid(e) && said.contains(LITERAL))
      return "%s: a variable of the binding has a literal value there: remove it, or write it as valueFrom.secretKeyRef (%s)"
          .formatted(key, said);
    return "the API server refuses a change of %s (%s): heal what it names".formatted(key, said);
  }
}
