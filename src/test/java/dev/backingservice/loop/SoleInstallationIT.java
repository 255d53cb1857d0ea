package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.OperatorProcess;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Two operators in one cluster, the other of which is a lease and an annotation here.
@Execution(ExecutionMode.CONCURRENT)
class SoleInstallationIT {
  private static final String OPERATOR = "backingservice.dev/operator";
  private static final String ELSEWHERE = "elsewhere";
  private static final Duration SOON = Duration.ofMinutes(2);

  @Test
  void anOperatorServesNoServerOfAnotherOneThatRuns() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.namespace(ELSEWHERE);
      sandbox.register("blue", Ports.free());
      servedBy(sandbox, ELSEWHERE);
      lease(sandbox, Instant.now());

      // When
      var second = sandbox.startOperator(Map.of());

      // Then
      ends(second);
      assertThat(second.log())
          .contains("BackingServer blue is served by the operator in namespace elsewhere")
          .contains("uninstall one of the two operators");
      assertThat(sandbox.backingServer("blue").getMetadata().getFinalizers()).isEmpty();

      // When: the other one is gone for an hour, and had a root key of its own
      lease(sandbox, Instant.now().minus(Duration.ofHours(1)));
      sandbox.admin().leases().inNamespace(Kubectl.NAMESPACE).delete();

      // Then
      ends(sandbox.startOperator(Map.of()));

      // When: somebody says that it is gone for good
      sandbox.annotate("blue", OPERATOR, "");
      sandbox.admin().leases().inNamespace(Kubectl.NAMESPACE).delete();
      var heir = sandbox.startOperator(Map.of());

      // Then
      Waiting.until(
          "it takes over",
          SOON,
          () -> String.valueOf(operator(sandbox)).startsWith(Kubectl.NAMESPACE + "/"));
      var mark = operator(sandbox);
      Waiting.until("it acts", SOON, () -> !sandbox.serverCondition("blue", "Ready").isEmpty());

      // When: the other one is back, and was faster with a server
      lease(sandbox, Instant.now());
      servedBy(sandbox, ELSEWHERE);

      // Then
      ends(heir);
      assertThat(heir.log()).contains("is served by the operator in namespace elsewhere");

      // When: the operator moved from there with its root key
      servedBy(sandbox, mark.replace(Kubectl.NAMESPACE, ELSEWHERE));
      lease(sandbox, Instant.now().minus(Duration.ofHours(1)));
      sandbox.admin().leases().inNamespace(Kubectl.NAMESPACE).delete();
      sandbox.startOperator(Map.of());

      // Then
      Waiting.until("it takes over by itself", SOON, () -> mark.equals(operator(sandbox)));
    }
  }

  private static void ends(OperatorProcess operator) throws Exception {
    Waiting.until("the operator ends", SOON, () -> !operator.alive());
  }

  private static void servedBy(Sandbox sandbox, String namespace) {
    sandbox.annotate("blue", OPERATOR, namespace);
  }

  private static String operator(Sandbox sandbox) {
    return sandbox.backingServer("blue").getMetadata().getAnnotations().get(OPERATOR);
  }

  private static void lease(Sandbox sandbox, Instant renewed) {
    sandbox.apply(
        """
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: backing-service-operator, namespace: %s}
        spec: {holderIdentity: another, leaseDurationSeconds: 15, renewTime: "%s.000000Z"}
        """
            .formatted(ELSEWHERE, renewed.toString().substring(0, 19)));
  }
}
