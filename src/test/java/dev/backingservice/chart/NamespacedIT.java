package dev.backingservice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Tour;
import dev.backingservice.sandbox.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// The operator under the roles that the chart gives it with `namespaces`.
@Execution(ExecutionMode.CONCURRENT)
class NamespacedIT {
  private static final String OPERATOR = "backingservice.dev/operator";

  @Test
  void itServesItsNamespacesWithoutARefusalAndUsesEveryRightToItsOwnSecrets() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      for (var namespace : List.of("shop", "elsewhere")) sandbox.namespace(namespace);
      for (var server : List.of("blue", "green")) sandbox.server(server, 17).withDatabase("orders");
      grant(sandbox);
      var audit = Audit.fromNow(sandbox.plane());

      // When
      sandbox.startOperator(Map.of("BACKING_NAMESPACES", "shop"));
      for (var namespace : List.of("shop", "elsewhere")) Tour.apply(sandbox, namespace, "blue");

      // Then
      Tour.take(sandbox, "shop", "green");
      assertThat(Tour.is(sandbox, "elsewhere", "Unknown/Pending")).isTrue();

      // When
      sandbox.patch("shop", "orders-db", "{\"spec\":{\"state\":\"Attached\"}}");
      leaveADebt(sandbox, "shop", "green");

      // Then
      assertThat(audit.forbidden()).isEmpty();
      assertThat(annotation(sandbox)).startsWith(Kubectl.NAMESPACE + "/");
      assertThat(audit.requests())
          .filteredOn(r -> r.name().startsWith(Kubectl.NAMESPACE + "/"))
          .filteredOn(r -> r.resource().equals("secrets"))
          .extracting(Audit.Request::verb)
          .containsOnly("get", "create", "update", "delete");
    }
  }

  /// A service is deleted while its server is away; the server pays when it returns.
  private static void leaveADebt(Sandbox sandbox, String namespace, String server)
      throws Exception {
    Waiting.until("attached again", () -> Tour.is(sandbox, namespace, "True/Ready"));
    sandbox.postgres(server).stop();
    Tour.end(sandbox, namespace);
    Waiting.until("owed", () -> debts(sandbox, server) == 1);
    sandbox.postgres(server).start();
    Waiting.until("paid", () -> debts(sandbox, server) == 0);
  }

  private static int debts(Sandbox sandbox, String server) {
    return sandbox.backingServer(server).getStatus().debts();
  }

  /// The chart's roles in place of the plain ones.
  private static void grant(Sandbox sandbox) throws Exception {
    var rbac = sandbox.admin().rbac();
    var name = Helm.RELEASE;
    rbac.clusterRoleBindings().withName(name).delete();
    rbac.clusterRoles().withName(name).delete();
    rbac.roleBindings().inNamespace(name).withName(name).delete();
    rbac.roles().inNamespace(name).withName(name).delete();
    for (var document : Helm.template(List.of("namespaces={shop}")))
      if (document.lines().anyMatch(l -> l.matches("kind: (Cluster)?Role(Binding)?")))
        sandbox.apply(document);
  }

  private static String annotation(Sandbox sandbox) {
    return sandbox.backingServer("blue").getMetadata().getAnnotations().get(OPERATOR);
  }
}
