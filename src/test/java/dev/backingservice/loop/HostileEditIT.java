package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.HostileTexts;
import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Documents;
import dev.backingservice.sandbox.Postgres;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentList;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A tenant that edits what it may edit, or puts back what was there before, gains nothing and
/// stops nothing.
class HostileEditIT {
  @Test
  void aSecretPutBackAfterTheDetachmentLetsNobodyIn() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var saved = stage.secret();
    var login = stage.bound("username");
    var password = stage.bound("password");
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    stage.sandbox.register(stage.blue, blue.port(), "allowedNamespaces: {from: None}");

    // When
    put(stage, saved);
    stage.patch("{\"spec\":{\"state\":\"Attached\"}}");

    // Then
    stage.eventually("Accepted", "False/ServerNotAvailable");
    stage.eventually("Ready", "False/ServerNotAvailable");
    assertThat(lettingIn(blue, login, password)).isFalse();

    // When
    stage.sandbox.register(stage.blue, blue.port(), "allowedNamespaces: {from: All}");

    // Then
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().active().epoch()).isEqualTo(2);
    assertThat(lettingIn(blue, login, password)).isFalse();
    stage.session(blue).close();
  }

  @Test
  void aSecretOfBeforeASwapDoesNotBringTheOldServerBack() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var saved = stage.secret();
    var login = stage.bound("username");
    var password = stage.bound("password");
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);

    // When
    put(stage, saved);

    // Then
    stage.eventually(() -> assertThat(stage.bound("username")).isNotEqualTo(login));
    assertThat(stage.status().active().server()).isEqualTo(stage.green);
    assertThat(lettingIn(blue, login, password)).isFalse();
  }

  /// What cannot be read ends the watch of all others.
  @Test
  void namesThatAreLongOrHaveOneHashStopNobody() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");

    // When
    var names = HostileTexts.ofOneHash(4096).stream().map("\"%s\":\"\""::formatted).toList();
    stage.patch("{\"metadata\":{\"annotations\":{%s}}}".formatted(String.join(",", names)));
    var serialization = new KubernetesSerialization(Documents.mapper(), true);
    var builder =
        new KubernetesClientBuilder().withConfig(stage.sandbox.admin().getConfiguration());
    try (var client = builder.withKubernetesSerialization(serialization).build()) {
      var service =
          client
              .resources(BackingService.class)
              .inNamespace(stage.namespace)
              .withName(stage.service);
      service.patch(
          PatchContext.of(PatchType.JSON_MERGE),
          "{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"selector\":{\"matchLabels\":{\"%s\":\"x\"}}}]}}"
              .formatted("a".repeat(60_000)));

      // Then
      stage.eventually(
          () ->
              assertThat(service.get().getStatus().conditions())
                  .anyMatch(c -> "AccessNotSupported".equals(c.reason())));
      service.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"workloads\":null}}");
    }
    stage.eventually("Accepted", "True/Accepted");
    stage.eventually("Ready", "True/Ready");
    var nothing = names.stream().map(name -> name.replace("\"\"", "null")).toList();
    stage.patch("{\"metadata\":{\"annotations\":{%s}}}".formatted(String.join(",", nothing)));
  }

  /// Whoever edits workloads decides how large they are.
  @Test
  void workloadsOfAnySizeStopNobody() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    for (int i = 0; i < 8; i++) deploy(stage, "args-" + i, Map.of(), 300_000);
    for (int i = 0; i < 2; i++) deploy(stage, "labels-" + i, labels(4_000), 1);

    // When
    stage.apply(
        stage.blue,
        "workloads: [{kind: Deployment, selector: {matchLabels: {app: large}}}, {kind: Deployment, name: args-1}]");

    // Then
    stage.eventually("Projected", "False/WorkloadTooLarge");
    assertThat(stage.sandbox.operator().alive()).isTrue();

    // When
    for (int i = 0; i < 8; i++) deployments(stage).withName("args-" + i).delete();
    stage.patch("{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"labels-1\"}]}}");

    // Then
    stage.eventually("Projected", "True/Projected");
    deployments(stage).delete();
  }

  /// It would keep the login that the swap fences.
  @Test
  void aWorkloadThatGrewTooLargeIsNotLeftBehind() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.server(stage.green);
    deploy(stage, "grows", Map.of(), 1);
    stage.apply(stage.blue, "workloads: [{kind: Deployment, name: grows}]");
    stage.eventually("Projected", "True/Projected");

    // When
    argument(stage, "grows", 300_000);
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/WorkloadTooLarge");
    assertThat(stage.message("Provisioned")).contains("Deployment grows is longer than 256 KiB");
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);

    // When
    argument(stage, "grows", 1);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Projected", "True/Projected");
  }

  /// @param length of its only argument
  private static void argument(Stage stage, String name, int length) {
    deployments(stage)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"app\",\"image\":\"app\",\"args\":[\"%s\"]}]}}}}"
                .formatted("a".repeat(length)));
  }

  private static void deploy(Stage stage, String name, Map<String, String> labels, int arguments) {
    var selected = Map.of("app", "large");
    deployments(stage)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(labels)
                .addToLabels(selected)
                .endMetadata()
                .withNewSpec()
                .withPaused(true)
                .withReplicas(0)
                .withNewSelector()
                .withMatchLabels(selected)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(selected)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .withArgs(Collections.nCopies(arguments, "a"))
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private static Map<String, String> labels(int number) {
    var labels = new TreeMap<String, String>();
    for (int i = 0; i < number; i++) labels.put("a" + i, "");
    return labels;
  }

  private static NonNamespaceOperation<
          Deployment, DeploymentList, RollableScalableResource<Deployment>>
      deployments(Stage stage) {
    return stage.sandbox.admin().apps().deployments().inNamespace(stage.namespace);
  }

  @Test
  void aForgedDebtFreezesNothing() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");

    // When
    annotate(stage, "backingservice.dev/debts", "[{\"epoch\":\"1\",\"since\":\"x\"}]");
    stage.annotate("backingservice.dev/retry", "now");

    // Then
    stage.eventually(
        () ->
            assertThat(stage.secret().getMetadata().getAnnotations())
                .containsEntry("backingservice.dev/debts", ""));

    // When
    annotate(stage, "backingservice.dev/debts", "[null, {\"epoch\": null}]");
    stage.sandbox.delete(stage.namespace, stage.service);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(Stage.canLogin(blue, login)).isFalse();
  }

  @Test
  void whoeverBreaksTheSecretAfterConsentWasWithdrawnGetsNoLongerCertificate() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "certificate: {duration: 1h}");
    var ends = stage.status().certificate().notAfter();
    stage.sandbox.register(stage.blue, blue.port(), "allowedNamespaces: {from: None}");
    stage.eventually("Accepted", "False/ServerNotAvailable");
    stage.patch("{\"spec\":{\"certificate\":{\"duration\":\"8760h\"}}}");

    // When
    annotate(stage, "backingservice.dev/epoch", "7");

    // Then
    stage.eventually(
        () ->
            assertThat(stage.secret().getMetadata().getAnnotations())
                .containsEntry("backingservice.dev/epoch", "1"));
    assertThat(stage.secret().getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/certificate-ends", ends);

    // When a new credential is asked for
    stage.patch("{\"spec\":{\"binding\":{\"entries\":{\"MORE\":\"x\"}}}}");

    // Then
    stage.eventually("Accepted", "False/ServerNotAvailable");
    assertThat(stage.status().active().epoch()).isEqualTo(1);
    stage.sandbox.delete(stage.namespace, stage.service); // its certificate is overdue from now on
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
  }

  private static boolean lettingIn(Postgres server, String login, String password) {
    try (var session = server.login("orders", login, password)) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void anEditThatIsRefusedReachesNoWorkload() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    stage.eventually("Projected", "True/Projected");
    var template = stage.template();

    // When
    stage.patch(
        "{\"spec\":{\"inject\":{\"mountPath\":\"/elsewhere\",\"env\":[{\"name\":\"OTHER_URL\",\"key\":\"uri\"}]},\"rotation\":{\"every\":\"1h\"}}}");

    // Then
    stage.eventually("Accepted", "False/NotYetSupported");
    assertThat(stage.template()).isEqualTo(template);

    // When
    stage.patch("{\"spec\":{\"rotation\":null}}");

    // Then
    stage.eventually("Accepted", "True/Accepted");
    stage.eventually(() -> assertThat(stage.template().toString()).contains("OTHER_URL"));
  }

  private static void put(Stage stage, Secret saved) {
    var fresh =
        new SecretBuilder(saved)
            .editMetadata()
            .withResourceVersion(null)
            .withUid(null)
            .withManagedFields()
            .endMetadata()
            .build();
    var there = stage.secret();
    var secrets = stage.sandbox.admin().secrets().inNamespace(stage.namespace);
    if (there == null) secrets.resource(fresh).create();
    else secrets.resource(fresh).update();
  }

  private static void annotate(Stage stage, String name, String value) {
    stage
        .sandbox
        .admin()
        .secrets()
        .inNamespace(stage.namespace)
        .withName(stage.service)
        .edit(
            s ->
                new SecretBuilder(s)
                    .editMetadata()
                    .addToAnnotations(name, value)
                    .endMetadata()
                    .build());
  }
}
