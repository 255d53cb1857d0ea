package dev.backingservice.kube;

import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// What the API server's refusals mean.
public final class Refusals {
  private static final int FORBIDDEN = 403;
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final int INVALID = 422;

  /// A token that is being renewed, a request that took too long, a version that was compacted, and
  /// too many requests: the same request succeeds later.
  private static final Set<Integer> PASSING = Set.of(401, 408, 410, 429);

  private Refusals() {}

  /// Somebody else was faster; look again.
  public static boolean conflict(KubernetesClientException e) {
    return e.getCode() == CONFLICT;
  }

  /// Somebody else owns a field: looking again changes nothing. Any other conflict has no cause,
  /// such as that of an object that was made anew.
  public static boolean ownedByOthers(KubernetesClientException e) {
    return conflict(e) && !causes(e).isEmpty();
  }

  /// The request was understood and refused; repeating it changes nothing.
  public static boolean definite(KubernetesClientException e) {
    return e.getCode() >= 400 && e.getCode() < 500 && !PASSING.contains(e.getCode());
  }

  /// What was written is not there.
  public static boolean gone(KubernetesClientException e) {
    return e.getCode() == NOT_FOUND;
  }

  /// Our roles do not grant it.
  public static boolean forbidden(KubernetesClientException e) {
    return e.getCode() == FORBIDDEN;
  }

  public static boolean invalid(KubernetesClientException e) {
    return e.getCode() == INVALID;
  }

  /// The fields that somebody else owns, as the API server names them; empty where one of them was
  /// applied: whoever applies a field wants it so. Who wrote it by an update is named with the
  /// version of the API (`conflict with "kubectl" using apps/v1`).
  public static List<String> updated(KubernetesClientException e) {
    var causes = causes(e);
    return causes.stream().allMatch(c -> String.valueOf(c.getMessage()).contains("\" using "))
        ? causes.stream().map(StatusCause::getField).filter(Objects::nonNull).toList()
        : List.of();
  }

  private static List<StatusCause> causes(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getDetails() == null
        ? List.of()
        : e.getStatus().getDetails().getCauses();
  }

  /// What the server said, without the client's wrapping.
  public static String said(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }
}
