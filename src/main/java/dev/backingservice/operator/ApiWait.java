package dev.backingservice.operator;

import dev.backingservice.kube.Refusals;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/// Waits at start for what the operator cannot begin without. A process that ended instead would be
/// started again by the kubelet later and later, up to five minutes after the API server answers.
final class ApiWait {
  private static final Logger LOG = Logger.getLogger(ApiWait.class);
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private ApiWait() {}

  /// Repeats a request until the API server grants it. Every refusal is repeated, too: an API
  /// server that has just started refuses all requests until it has read the roles.
  ///
  /// @param what the thing asked for, as the log names it
  static <T> T until(String what, Supplier<T> request) {
    return until(what, Duration.ofNanos(Long.MAX_VALUE), request);
  }

  /// The same for so long; then its refusal is thrown.
  static <T> T until(String what, Duration atMost, Supplier<T> request) {
    long began = System.nanoTime();
    for (var pause = FIRST; ; pause = longer(pause)) {
      try {
        return request.get();
      } catch (KubernetesClientException e) {
        if (System.nanoTime() - began + pause.toNanos() > atMost.toNanos()) throw e;
        LOG.warnf(
            "waiting for the API server: %s: %s; next try in %d ms",
            what, Refusals.said(e), pause.toMillis());
        sleep(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    var doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while waiting for the API server", e);
    }
  }
}
