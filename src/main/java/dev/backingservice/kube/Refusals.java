package dev.backingservice.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;

/// What the API server's refusals mean.
public final class Refusals {
  private static final int CONFLICT = 409;
  private static final int INVALID = 422;

  private Refusals() {}

  /// Somebody else was faster; look again.
  public static boolean conflict(KubernetesClientException e) {
    return e.getCode() == CONFLICT;
  }

  /// The request was understood and refused; repeating it changes nothing.
  public static boolean definite(KubernetesClientException e) {
    return e.getCode() >= 400 && e.getCode() < 500 && e.getCode() != 429 && e.getCode() != 408;
  }

  public static boolean invalid(KubernetesClientException e) {
    return e.getCode() == INVALID;
  }

  /// What the server said, without the client's wrapping.
  public static String said(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }
}
