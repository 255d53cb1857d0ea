package dev.backingservice.faults;

import static java.util.stream.Collectors.toMap;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Services that live the same life side by side.
///
/// @param names of the services; each one's workload and Secret has the same name
record Lives(Sandbox sandbox, Map<String, Postgres> servers, List<String> names) {
  /// What the names of these services look like.
  static final String NAMES = "f[0-9]{4}|undisturbed";

  private static final String NAMESPACE = "faults";

  /// What happens to a service, in this order.
  enum Phase {
    Attach(""),
    Reshape("{\"spec\":{\"inject\":{\"mountPath\":\"/other\"}}}"),
    Swap("{\"spec\":{\"server\":\"green\"}}"),
    Repoint("{\"spec\":{\"server\":\"green-too\"}}"),
    Detach("{\"spec\":{\"state\":\"Detached\"}}"),
    Reattach("{\"spec\":{\"state\":\"Attached\"}}"),
    Delete("");

    private final String edit;

    Phase(String edit) {
      this.edit = edit;
    }
  }

  void born() {
    for (var name : names)
      sandbox.apply(
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: %1$s, namespace: faults}
          spec:
            replicas: 0
            selector: {matchLabels: {app: %1$s}}
            template:
              metadata: {labels: {app: %1$s}}
              spec:
                containers:
                - {name: app, image: registry.invalid/orders}
          """
              .formatted(name));
  }

  void begin(Phase phase) {
    names.parallelStream().forEach(name -> begin(phase, name));
  }

  private void begin(Phase phase, String name) {
    var service =
        sandbox.admin().resources(BackingService.class).inNamespace(NAMESPACE).withName(name);
    switch (phase) {
      case Attach -> sandbox.apply(yaml(name));
      case Delete -> service.delete();
      default -> service.patch(PatchContext.of(PatchType.JSON_MERGE), phase.edit);
    }
  }

  private static String yaml(String name) {
    return """
    apiVersion: backingservice.dev/v1alpha1
    kind: BackingService
    metadata: {name: %1$s, namespace: faults}
    spec:
      server: blue
      postgresql: {database: orders}
      rotation: {overlap: 1s}
      workloads: [{kind: Deployment, name: %1$s}]
    """
        .formatted(name);
  }

  /// How every life stands now, by name.
  Map<String, Snapshot> seen() throws SQLException {
    var client = sandbox.admin();
    var services = byName(client.resources(BackingService.class).inNamespace(NAMESPACE).list());
    var secrets = byName(client.secrets().inNamespace(NAMESPACE).list());
    var workloads = byName(client.apps().deployments().inNamespace(NAMESPACE).list());
    var logins = logins();
    var seen = new TreeMap<String, Snapshot>();
    for (var name : names)
      seen.put(
          name,
          Snapshot.of(
              Optional.ofNullable(services.get(name)),
              Optional.ofNullable(secrets.get(name)),
              workloads.get(name),
              logins.getOrDefault(name, new TreeMap<>())));
    return seen;
  }

  private static <T extends HasMetadata> Map<String, T> byName(KubernetesResourceList<T> list) {
    return list.getItems().stream().collect(toMap(i -> i.getMetadata().getName(), i -> i));
  }

  /// By service, the logins on both servers; the name of a service is in the names of its logins.
  private Map<String, SortedMap<String, Boolean>> logins() throws SQLException {
    var logins = new TreeMap<String, SortedMap<String, Boolean>>();
    for (var server : servers.entrySet()) {
      var rows =
          server
              .getValue()
              .ask(
                  "postgres",
                  "SELECT coalesce(string_agg(rolname || ' ' || rolcanlogin, ','), '') FROM pg_roles WHERE rolname ~ '^bs_[0-9a-f]{12}_.*_[ab]$'");
      for (var row : rows.isEmpty() ? new String[0] : rows.split(",")) {
        var parts = row.split(" ");
        var name = parts[0].substring(16, parts[0].length() - 2);
        var slot = parts[0].substring(parts[0].length() - 1) + " on " + server.getKey();
        logins.computeIfAbsent(name, _ -> new TreeMap<>()).put(slot, parts[1].equals("true"));
      }
    }
    return logins;
  }
}
