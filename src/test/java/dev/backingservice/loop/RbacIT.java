package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Mysql.Product;
import dev.backingservice.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The shipped roles, in both directions: nothing is refused, and nothing is granted in vain. It
/// comes last and speaks of everything that the loop tests did before; see also [Sandbox#close].
@Order(Integer.MAX_VALUE)
class RbacIT {
  private static final Path ROLES = Path.of("operator/rbac/operator.yaml");

  @Test
  void everyVerbIsUsedAndNoRequestIsRefused() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    for (var kind : List.of("Deployment", "StatefulSet", "DaemonSet"))
      stage.sandbox.apply(workload(stage, kind));
    stage.sandbox.apply(cronJob(stage));
    trustFromConfigMap(stage, blue.port());

    var folder = Files.createTempDirectory("backing-rbac-");
    var maria = stage.namespace + "-maria";
    var servers = new MySqlServers(stage, folder);
    try (var mysql = servers.start(Product.MARIADB_10_11, maria)) {
      servers.least(mysql, maria + "-least");
      servers.apply("kept-by-us", maria + "-least", "database: orders", "");
      stage.eventually(
          () ->
              assertThat(stage.sandbox.condition(stage.namespace, "kept-by-us", "Ready"))
                  .isEqualTo("True/Ready"));
    }
    Files.delete(folder);

    // When
    stage.attached(
        stage.blue,
        """
        workloads: [{kind: Deployment, selector: {matchLabels: {app: d}}}, {kind: StatefulSet, selector: {matchLabels: {app: d}}},
          {kind: DaemonSet, selector: {matchLabels: {app: d}}}, {kind: CronJob, selector: {matchLabels: {app: d}}}]""");
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
    stage.eventually("Ready", "False/Detached");

    // Then
    var audit = Audit.whole(stage.sandbox.plane());
    assertThat(audit.forbidden()).isEmpty();
    var used =
        audit.requests().stream()
            .map(r -> r.verb() + " " + r.resource())
            .collect(Collectors.toCollection(TreeSet::new));
    var granted = granted();
    granted.remove("update leases"); // the operator SDK refuses to start without it
    assertThat(used).containsAll(granted);
  }

  /// Every verb of every rule.
  private static Set<String> granted() throws IOException {
    var granted = new TreeSet<String>();
    var yaml = new ObjectMapper(new YAMLFactory());
    for (var document : Files.readString(ROLES).split("(?m)^---$"))
      for (var rule : yaml.readTree(document).path("rules"))
        for (var resource : rule.path("resources"))
          for (var verb : rule.path("verbs")) granted.add(verb.asText() + " " + resource.asText());
    assertThat(granted).hasSizeGreaterThan(30);
    return granted;
  }

  private static void trustFromConfigMap(Stage stage, int port) {
    stage.sandbox.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: %1$s-ca, namespace: backing-service-operator}
        data:
          ca.crt: |
        %2$s
        """
            .formatted(stage.blue, stage.sandbox.anchor().indent(4).stripTrailing()));
    stage.sandbox.apply(
        Sandbox.server(
            stage.blue,
            port,
            "{ca: {configMapName: %s-ca}}".formatted(stage.blue),
            "allowedNamespaces: {from: All}"));
  }

  private static String workload(Stage stage, String kind) {
    return """
        apiVersion: apps/v1
        kind: %s
        metadata: {name: any, namespace: %s, labels: {app: d}}
        spec:
          %s
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec: {containers: [{name: app, image: registry.invalid/any}]}
        """
        .formatted(
            kind,
            stage.namespace,
            kind.equals("StatefulSet") ? "serviceName: any" : "minReadySeconds: 0");
  }

  private static String cronJob(Stage stage) {
    return """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: any, namespace: %s, labels: {app: d}}
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry.invalid/any}]}}}}
        """
        .formatted(stage.namespace);
  }
}
