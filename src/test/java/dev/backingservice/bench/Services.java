package dev.backingservice.bench;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import java.util.Map;
import java.util.stream.Stream;

/// The services of the benchmarks.
final class Services {
  static final String NAMESPACE = "bench";

  private Services() {}

  /// Servers, a namespace, and the packaged operator, which may still be starting.
  static void prepare(Sandbox sandbox, String... servers) throws Exception {
    for (var server : servers) sandbox.server(server, 17).withDatabase("orders");
    sandbox.namespace(NAMESPACE);
    sandbox.startOperator(Map.of(), Launch.packaged());
  }

  /// As YAML; it takes 300 sessions.
  static String yaml(String name, String server) {
    return """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec: {server: %s, postgresql: {database: orders, connectionLimit: 300}}
        """
        .formatted(name, NAMESPACE, server);
  }

  static Stream<BackingService> all(Sandbox sandbox) {
    return sandbox
        .admin()
        .resources(BackingService.class)
        .inNamespace(NAMESPACE)
        .list()
        .getItems()
        .stream();
  }

  static boolean ready(Sandbox sandbox, String name) {
    return ready(sandbox.service(NAMESPACE, name));
  }

  /// Whether it is as its spec wants it.
  static boolean ready(BackingService service) {
    var status = service == null ? null : service.getStatus();
    return status != null
        && status.conditions().stream()
            .anyMatch(
                c ->
                    c.type().equals("Ready")
                        && c.status().name().equals("True")
                        && service.getMetadata().getGeneration().equals(c.observedGeneration()));
  }

  /// The API server says how many follow the first one: to list them all would take more of the
  /// machine than an attachment does.
  static long secrets(Sandbox sandbox) {
    var first =
        sandbox
            .admin()
            .secrets()
            .inNamespace(NAMESPACE)
            .list(new ListOptionsBuilder().withLimit(1L).build());
    var more = first.getMetadata().getRemainingItemCount();
    return first.getItems().size() + (more == null ? 0 : more);
  }
}
