package dev.backingservice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Sandbox;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// `kubectl apply -k operator`, for those who have no helm.
@Execution(ExecutionMode.CONCURRENT)
class PlainManifestsIT {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /// What helm adds to every label and selector.
  private static final List<String> HELMS =
      List.of(
          "app.kubernetes.io/instance",
          "app.kubernetes.io/version",
          "app.kubernetes.io/managed-by",
          "helm.sh/chart");

  /// What the chart leaves to `helm install`.
  private static final Set<String> BESIDE = Set.of("Namespace", "CustomResourceDefinition");

  @Test
  void theyAreWhatTheChartInstallsAndTheApiServerTakesThem() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // When
      var plain =
          List.of(
              Processes.run(List.of(sandbox.plane().kubectl().toString(), "kustomize", "operator"))
                  .split("(?m)^---$"));

      // Then
      var here = objects(plain);
      var chart = objects(Helm.template(List.of()));
      assertThat(here.keySet()).isEqualTo(chart.keySet());
      here.forEach((name, object) -> assertThat(object).as(name).isEqualTo(chart.get(name)));
      for (var document : plain) assertThat(sandbox.dryRun(document)).as(document).isEmpty();
    }
  }

  @Test
  void theCrdsAreAppliedAsAFolder() throws Exception {
    try (var sandbox = Sandbox.start()) {
      Processes.run(
          List.of(
              sandbox.plane().kubectl().toString(),
              "--kubeconfig",
              sandbox.kubeconfig().toString(),
              "apply",
              "--server-side",
              "--force-conflicts",
              "-f",
              "crds/"));
    }
  }

  /// Each object by its kind and name, without what helm adds.
  private static Map<String, JsonNode> objects(List<String> documents) throws IOException {
    var objects = new TreeMap<String, JsonNode>();
    for (var document : documents) {
      var object = YAML.readTree(document);
      var kind = object.path("kind").asText();
      var metadata = (ObjectNode) object.path("metadata");
      if (BESIDE.contains(kind) || metadata.path("annotations").has("helm.sh/hook")) continue;
      strip(object);
      if (object.has("rules")) ((ObjectNode) object).set("rules", tuples(object.path("rules")));
      if (metadata.path("labels") instanceof ObjectNode labels) {
        labels.remove("app.kubernetes.io/name");
        if (labels.isEmpty()) metadata.remove("labels");
      }
      objects.put(
          "%s %s/%s"
              .formatted(kind, metadata.path("namespace").asText(), metadata.path("name").asText()),
          object);
    }
    return objects;
  }

  /// Rules in one order and one grouping: group, resource and verb.
  private static JsonNode tuples(JsonNode rules) {
    var tuples = new TreeSet<String>();
    for (var rule : rules)
      for (var group : rule.path("apiGroups"))
        for (var resource : rule.path("resources"))
          for (var verb : rule.path("verbs"))
            tuples.add(
                String.join(
                    " ",
                    group.asText(),
                    resource.asText(),
                    verb.asText(),
                    rule.path("resourceNames").toString()));
    return YAML.valueToTree(tuples);
  }

  private static void strip(JsonNode node) {
    if (node instanceof ObjectNode object) object.remove(HELMS);
    node.forEach(PlainManifestsIT::strip);
  }
}
