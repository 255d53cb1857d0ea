package dev.backingservice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The operator under the roles that the chart gives it with `namespaces`.
class NamespacedIT {
  private static final String SERVICE =
      """
      apiVersion: backingservice.dev/v1alpha1
      kind: BackingService
      metadata: {name: orders-db, namespace: %s}
      spec:
        server: blue
        postgresql: {database: orders}
        workloads: [{kind: Deployment, name: orders}]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: orders, namespace: %1$s}
      spec:
        selector: {matchLabels: {app: orders}}
        template:
          metadata: {labels: {app: orders}}
          spec: {containers: [{name: app, image: registry.example/orders:1}]}
      """;

  @Test
  void itServesItsNamespacesAndNothingIsRefused() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      for (var namespace : List.of("shop", "elsewhere")) sandbox.namespace(namespace);
      for (var server : List.of("blue", "green")) sandbox.server(server, 17).withDatabase("orders");
      grant(sandbox);
      var audit = Audit.fromNow(sandbox.plane());

      // When
      sandbox.startOperator(Map.of("BACKING_NAMESPACES", "shop"));
      for (var namespace : List.of("shop", "elsewhere"))
        sandbox.apply(SERVICE.formatted(namespace));

      // Then
      Waiting.until("attached", () -> is(sandbox, "shop", "True/Ready"));
      sandbox.swap("shop", "orders-db", "green");
      Waiting.until(
          "swapped",
          () ->
              sandbox.service("shop", "orders-db").getStatus().active().server().equals("green")
                  && is(sandbox, "shop", "True/Ready"));
      sandbox.patch("shop", "orders-db", "{\"spec\":{\"state\":\"Detached\"}}");
      Waiting.until("detached", () -> is(sandbox, "shop", "False/Detached"));
      assertThat(is(sandbox, "elsewhere", "Unknown/Pending")).isTrue();
      assertThat(audit.forbidden()).isEmpty();
    }
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

  private static boolean is(Sandbox sandbox, String namespace, String ready) {
    return sandbox.condition(namespace, "orders-db", "Ready").equals(ready);
  }
}
