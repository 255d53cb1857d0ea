package dev.backingservice.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What helm makes of the chart.
@Execution(ExecutionMode.CONCURRENT)
class ChartIT {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  /// What changes structure, by template: within a group every combination is rendered, once with
  /// everything else at its default and once with everything else on.
  private static final List<List<List<String>>> GROUPS =
      List.of(
          List.of(
              List.of("rbac.create=false"),
              List.of("namespaces={shop,reports}"),
              List.of("serviceAccount.create=false", "serviceAccount.name=somebody")),
          List.of(
              List.of("rbac.aggregateToUsers=false"),
              List.of("rbac.serviceBinding=false"),
              List.of("rbac.serverViewer=true")),
          List.of(
              List.of("serviceMonitor.enabled=true", "serviceMonitor.labels.team=a"),
              List.of("prometheusRule.enabled=true"),
              List.of("dashboard.enabled=true")),
          List.of(
              List.of("networkPolicy.enabled=false"),
              List.of("networkPolicy.metricsFrom[0].namespaceSelector.matchLabels.a=b"),
              List.of("networkPolicy.egress[0].ports[0].port=5432")),
          List.of(
              List.of("podDisruptionBudget.enabled=false"),
              List.of("deletionPolicy.enabled=false"),
              List.of("test.server=orders-blue")),
          List.of(
              List.of(
                  "image.digest=sha256:0123456789012345678901234567890123456789012345678901234567890123"),
              List.of(
                  "extraEnv[0].name=A",
                  "extraEnv[0].value=b",
                  "extraVolumes[0].name=more",
                  "extraVolumes[0].emptyDir.medium=Memory",
                  "extraVolumeMounts[0].name=more",
                  "extraVolumeMounts[0].mountPath=/more"),
              List.of(
                  "podLabels.a=b",
                  "podAnnotations.a=b",
                  "annotations.a=b",
                  "nodeSelector.a=b",
                  "priorityClassName=system-cluster-critical",
                  "tolerations[0].operator=Exists",
                  "imagePullSecrets[0].name=registry",
                  "topologySpreadConstraints[0].maxSkew=2",
                  "topologySpreadConstraints[0].topologyKey=zone",
                  "topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule")));

  /// Every value that changes a word and no structure, each at another than its default.
  private static final List<String> SCALARS =
      List.of(
          "image.repository=registry.example/operator",
          "image.tag=v1",
          "image.pullPolicy=Always",
          "replicas=3",
          "settings.reconcileThreads=2",
          "settings.driftInterval=5m",
          "settings.serverConnections=2",
          "settings.rollouts=1",
          "settings.logFormat=json",
          "serviceAccount.annotations.a=b",
          "resources.requests.cpu=1",
          "resources.limits.memory=1Gi",
          "podSecurityContext.runAsUser=1000",
          "securityContext.readOnlyRootFilesystem=true",
          "podDisruptionBudget.minAvailable=2",
          "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key=metadata.name",
          "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator=In",
          "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values={a}",
          "serviceMonitor.interval=1m",
          "serviceMonitor.labels.team=a",
          "prometheusRule.labels.team=a",
          "prometheusRule.runbooks=https://wiki.example/runbooks",
          "dashboard.labels.team=a",
          "test.database=other");

  private static final List<String> EVERYTHING =
      List.of(
          "rbac.serverViewer=true",
          "serviceMonitor.enabled=true",
          "prometheusRule.enabled=true",
          "dashboard.enabled=true",
          "test.server=orders-blue",
          "namespaces={shop}");

  @Test
  void lintFindsNothing() throws Exception {
    var said = Helm.run("lint", "--strict", Helm.CHART.toString());
    assertThat(said.status()).as(said.text()).isZero();
  }

  /// A pod of a tenant may carry whatever labels it likes.
  @ParameterizedTest
  @ValueSource(strings = {"test.database=other", "test.server=orders-blue"})
  void nobodyInAServedNamespaceIsLetToTheMetrics(String test) throws Exception {
    var policy =
        Helm.template(List.of("namespaces={shop,reports}", test)).stream()
            .filter(document -> document.contains("kind: NetworkPolicy"))
            .findFirst()
            .orElseThrow();
    assertThat(policy).doesNotContain("shop", "reports", "namespaceSelector");
    assertThat(policy.contains("podSelector:\n        matchLabels"))
        .as(policy)
        .isEqualTo(test.startsWith("test.database"));
  }

  @Test
  void whatIsRenderedIsTakenByTheApiServerInEveryCombination() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      for (var namespace : List.of("shop", "reports")) sandbox.namespace(namespace);
      sandbox.apply(MonitoringCrds.YAML);
      var documents = new LinkedHashSet<String>();

      // When
      for (var group : GROUPS)
        for (var combination : combinations(group))
          for (var background : List.of(List.<String>of(), EVERYTHING))
            documents.addAll(
                Helm.template(Stream.concat(background.stream(), combination.stream()).toList()));

      for (var background : List.of(List.<String>of(), EVERYTHING))
        documents.addAll(
            Helm.template(Stream.concat(background.stream(), SCALARS.stream()).toList()));
      documents.addAll(Helm.template(List.of("replicas=1")));

      // Then
      assertThat(documents).hasSizeGreaterThan(40);
      for (var document : documents) {
        var said = sandbox.dryRun(document);
        assertThat(said).as(document).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas=many | replicas",
        "settings.logFormat=xml | logFormat",
        "settings.driftInterval=often | driftInterval",
        "image.digest=latest | digest",
        "namespaces={Shop} | namespaces",
        "replica=3 | replica",
        "prometheusRule.runbooks=wiki | runbooks"
      })
  void valuesThatMakeNoSenseAreRefused(String value, String named) throws Exception {
    var said = Helm.run("template", "x", Helm.CHART.toString(), "--set", value);
    assertThat(said.status()).isNotZero();
    assertThat(said.text()).contains(named);
  }

  @Test
  void everyValueIsExplainedAndTried() throws IOException {
    var lines = Files.readAllLines(Helm.CHART.resolve("values.yaml"));
    var used = String.join(" ", GROUPS.toString(), EVERYTHING.toString(), SCALARS.toString());
    var path = "";
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (line.strip().startsWith("#")) continue;
      assertThat(i > 0 && lines.get(i - 1).strip().startsWith("#"))
          .as("comment on " + line)
          .isTrue();
      var key = line.strip().split(":")[0];
      path = line.startsWith(" ") ? path.split("\\.")[0] + "." + key : key;
      boolean group = line.endsWith(":");
      if (!group) assertThat(used).containsPattern("[ \\[]" + path + "[=.\\[]");
    }
  }

  /// In another chart than the default, where everything is on.
  @ParameterizedTest
  @FieldSource("SCALARS")
  void everyValueThatChangesAWordChangesOne(String value) throws Exception {
    var changed = new ArrayList<>(EVERYTHING);
    changed.add(value);
    assertThat(Helm.template(changed)).isNotEqualTo(Helm.template(EVERYTHING));
  }

  @Test
  void nobodyMayListOrWatchSecrets() throws Exception {
    for (var values : List.of(List.<String>of(), List.of("namespaces={shop}")))
      assertThat(rights(Helm.template(values)))
          .noneMatch(right -> right.matches(".* secrets (list|watch|\\*)"))
          .noneMatch(right -> right.contains("*"));
  }

  @Test
  void withNamespacesNothingNamespacedIsGrantedToTheCluster() throws Exception {
    var roles = Helm.template(List.of("namespaces={shop,reports}"));
    assertThat(rights(roles))
        .filteredOn(right -> right.startsWith("ClusterRole backing-service-operator "))
        .isNotEmpty()
        .allMatch(right -> right.matches(".* (backingservers(/status)?|namespaces) [a-z]+"));
    assertThat(rights(roles)).anyMatch(right -> right.startsWith("Role shop/"));
  }

  /// OpenShift's SecurityContextConstraints `restricted-v2` as far as a policy can play them: pods
  /// may not choose their ids, and volumes are of the kinds that it lists.
  private static final String RESTRICTED_V2 =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: restricted-v2}
      spec:
        failurePolicy: Fail
        matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]}
        variables:
        - {name: pod, expression: object.spec.template.spec}
        - {name: ids, expression: "has(variables.pod.securityContext) ? variables.pod.securityContext : {}"}
        validations:
        - {expression: "!has(variables.ids.runAsUser) && !has(variables.ids.fsGroup)", message: "unable to validate against any security context constraint"}
        - {expression: "variables.pod.containers.all(c, !c.securityContext.allowPrivilegeEscalation && c.securityContext.capabilities.drop == ['ALL'])", message: privileges}
        - {expression: "variables.pod.containers.all(c, !has(c.securityContext.runAsUser))", message: ids of a container}
        - {expression: "variables.pod.volumes.all(v, has(v.emptyDir) || has(v.projected) || has(v.secret) || has(v.configMap))", message: volumes}
        - {expression: "!has(variables.pod.hostNetwork) && !has(variables.pod.hostPID)", message: host}
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: restricted-v2}
      spec: {policyName: restricted-v2, validationActions: [Deny]}
      """;

  @Test
  void openShiftTakesTheOperator() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.apply(RESTRICTED_V2);
      var elsewhere = deployment(Helm.template(List.of()));
      Waiting.until("the policy", () -> !sandbox.dryRun(elsewhere).isEmpty());
      assertThat(sandbox.dryRun(elsewhere)).contains("security context constraint");

      // When
      var there = deployment(Helm.template(List.of(), "security.openshift.io/v1"));

      // Then
      assertThat(sandbox.dryRun(there)).isEmpty();
    }
  }

  private static String deployment(List<String> documents) {
    return documents.stream()
        .filter(document -> document.contains("kind: Deployment"))
        .findFirst()
        .orElseThrow();
  }

  /// Every subset, the empty one included.
  private static List<List<String>> combinations(List<List<String>> group) {
    var all = new ArrayList<List<String>>();
    for (int bits = 0; bits < 1 << group.size(); bits++) {
      var chosen = new ArrayList<String>();
      for (int i = 0; i < group.size(); i++) if ((bits >> i & 1) == 1) chosen.addAll(group.get(i));
      all.add(chosen);
    }
    return all;
  }

  /// Each right as `kind namespace/name group resource verb`.
  private static Set<String> rights(List<String> documents) throws IOException {
    var rights = new TreeSet<String>();
    for (var document : documents) {
      var node = YAML.readTree(document);
      var kind = node.path("kind").asText();
      if (!kind.equals("ClusterRole") && !kind.equals("Role")) continue;
      var namespace = node.at("/metadata/namespace").asText("");
      var name = (namespace.isEmpty() ? "" : namespace + "/") + node.at("/metadata/name").asText();
      for (var rule : node.path("rules"))
        for (var group : rule.path("apiGroups"))
          for (var resource : rule.path("resources"))
            for (var verb : rule.path("verbs"))
              rights.add(
                  String.join(" ", kind, name, group.asText(), resource.asText(), verb.asText()));
    }
    return rights;
  }
}
