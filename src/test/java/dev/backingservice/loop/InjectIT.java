package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import org.junit.jupiter.api.Test;

class InjectIT {
  /// The API server reads new policies within a second.
  private static final long POLICIES_ARE_READ = 3000;

  private static final String ORDERS = "workloads: [{kind: Deployment, name: orders}]";

  @Test
  void everyContainerGetsTheVariableTheMountAndTheRoot() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));

    // When
    stage.attached(stage.blue, ORDERS);

    // Then
    stage.eventually("RolledOut", "True/RolledOut");
    var template = stage.template();
    assertThat(template.getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/orders-db", "1");
    assertThat(template.getSpec().getVolumes())
        .extracting(v -> v.getName())
        .containsExactly("backing-orders-db");
    for (var container :
        List.of(container(template, "app"), template.getSpec().getInitContainers().getFirst())) {
      assertThat(variable(container, "DATABASE_URL").getValueFrom().getSecretKeyRef().getKey())
          .isEqualTo("uri");
      assertThat(variable(container, "SERVICE_BINDING_ROOT").getValue()).isEqualTo("/bindings");
      assertThat(container.getVolumeMounts())
          .extracting(m -> m.getMountPath())
          .containsExactly("/bindings/orders-db");
    }
  }

  @Test
  void whatIsAskedForNoLongerIsTakenOutAgain() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(
        stage.blue,
        ORDERS
            + ", inject: {env: [{name: DATABASE_URL, key: uri}, {name: DATABASE_HOST, key: host}]}");
    stage.eventually("RolledOut", "True/RolledOut");

    // When
    stage.patch("{\"spec\":{\"inject\":{\"env\":[{\"name\":\"DATABASE_URL\",\"key\":\"uri\"}]}}}");

    // Then
    stage.eventually(
        () ->
            assertThat(container(stage.template(), "app").getEnv())
                .extracting(EnvVar::getName)
                .contains("DATABASE_URL")
                .doesNotContain("DATABASE_HOST"));

    // When
    stage.patch(
        "{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"orders\",\"containers\":[\"app\"]}]}}");

    // Then
    stage.eventually(
        () -> {
          var left = stage.template().getSpec().getInitContainers().getFirst();
          assertThat(left.getEnv()).extracting(EnvVar::getName).doesNotContain("DATABASE_URL");
          assertThat(left.getVolumeMounts()).isEmpty();
        });
    assertThat(variable(container(stage.template(), "app"), "DATABASE_URL")).isNotNull();

    // When
    stage.patch(
        "{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"orders\",\"inject\":\"RestartOnly\"}]}}");

    // Then
    stage.eventually(
        () -> {
          assertThat(container(stage.template(), "app").getVolumeMounts()).isEmpty();
          assertThat(stage.template().getSpec().getVolumes()).isEmpty();
        });
    assertThat(stage.template().getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/orders-db", "1");
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void rolloutsThatCannotEndAreNamedAndHoldUpNobody() throws Exception {
    // Given more workloads than roll at once, all of them paused
    var stage = attachable();
    for (int i = 0; i < 12; i++)
      stage.sandbox.apply(
          workload(stage, "Deployment", "")
              .replace("name: orders,", "name: paused-%d,".formatted(i))
              .replace("app: orders", "app: paused-%d".formatted(i))
              .replaceFirst("\n  +selector", "\n  paused: true\n  selector"));
    stage.attached(
        stage.blue, "workloads: [{kind: Deployment, selector: {matchLabels: {uses: orders-db}}}]");

    // Then
    stage.eventually("RolledOut", "False/RolloutHalted");
    assertThat(stage.message("RolledOut")).contains("is paused: kubectl rollout resume it");
    stage.eventually("Projected", "True/Projected");

    // When
    var other = attachable();
    other.sandbox.apply(workload(other, "Deployment", ""));
    other.attached(other.blue, ORDERS);

    // Then
    other.eventually("RolledOut", "True/RolledOut");
  }

  @Test
  void aQuotaThatGivesNoPodsIsNamed() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(
        """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: none, namespace: %s}
        spec: {hard: {pods: "0"}}
        """
            .formatted(stage.namespace));
    stage.eventually(
        () ->
            assertThat(
                    stage
                        .sandbox
                        .admin()
                        .resourceQuotas()
                        .inNamespace(stage.namespace)
                        .withName("none")
                        .get()
                        .getStatus()
                        .getHard())
                .containsKey("pods"));
    stage.sandbox.apply(workload(stage, "Deployment", ""));

    // When
    stage.attached(stage.blue, ORDERS);

    // Then
    stage.eventually("RolledOut", "False/RolloutHalted");
    assertThat(stage.message("RolledOut")).contains("exceeded quota");
  }

  @Test
  void aPolicyThatRefusesTheChangeIsSaidInItsOwnWords() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    var policy =
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %1$s}
        spec:
          matchConstraints:
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}]
          validations: [{expression: "!has(object.spec.template.metadata.annotations)", message: changes are frozen}]
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %1$s}
        spec: {policyName: %1$s, validationActions: [Deny]}
        """
            .formatted(stage.namespace);
    stage.sandbox.apply(policy);
    Thread.sleep(POLICIES_ARE_READ);

    // When
    stage.apply(stage.blue, ORDERS);

    // Then
    stage.eventually("Projected", "False/WorkloadConflict");
    assertThat(stage.message("Projected"))
        .contains("changes are frozen")
        .doesNotContain("literal value");

    // When
    stage
        .sandbox
        .admin()
        .resources(ValidatingAdmissionPolicyBinding.class)
        .withName(stage.namespace)
        .delete();
    stage
        .sandbox
        .admin()
        .resources(ValidatingAdmissionPolicy.class)
        .withName(stage.namespace)
        .delete();

    // Then
    stage.eventually("RolledOut", "True/RolledOut");
  }

  @Test
  void anotherMountPathRollsOnce() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(stage.blue, ORDERS + ", rotation: {overlap: 0s}");
    stage.eventually("RolledOut", "True/RolledOut");
    long before = deployment(stage).getMetadata().getGeneration();

    // When
    stage.patch("{\"spec\":{\"inject\":{\"mountPath\":\"/run/bindings\"}}}");

    // Then
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    stage.eventually("RolledOut", "True/RolledOut");
    stage.eventually("Fenced", "True/Fenced");
    assertThat(container(stage.template(), "app").getVolumeMounts())
        .extracting(m -> m.getMountPath())
        .containsExactly("/run/bindings/orders-db");
    assertThat(deployment(stage).getMetadata().getGeneration()).isEqualTo(before + 1);
  }

  @Test
  void aRolloutThatIsUndoneAndAnImportedManifestAreTakenBack() throws Exception {
    // Given
    var stage = attachable();
    stage.server(stage.green);
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(stage.blue, ORDERS);
    stage.eventually("RolledOut", "True/RolledOut");
    var old = stage.template();
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("RolledOut", "True/RolledOut");

    // When as kubectl rollout undo does
    var undone = deployment(stage);
    undone.getSpec().setTemplate(old);
    undone.getMetadata().setManagedFields(null);
    stage.sandbox.admin().resource(undone).update();

    // Then
    stage.eventually(
        () ->
            assertThat(stage.template().getMetadata().getAnnotations())
                .containsEntry("backingservice.dev/orders-db", "2"));

    // When the workload is made anew from what was exported
    var exported = deployment(stage);
    stage.sandbox.admin().resource(exported).delete();
    exported.getMetadata().setManagedFields(null);
    exported.getMetadata().setResourceVersion(null);
    exported.getMetadata().setUid(null);
    stage.eventually(() -> stage.sandbox.admin().resource(exported).create());
    stage.swap(stage.blue);
    stage.eventuallyOn(stage.blue);

    // Then
    stage.eventually(
        () ->
            assertThat(stage.template().getMetadata().getAnnotations())
                .containsEntry("backingservice.dev/orders-db", "3"));
    stage.eventually("RolledOut", "True/RolledOut");
  }

  private static Deployment deployment(Stage stage) {
    return stage
        .sandbox
        .admin()
        .apps()
        .deployments()
        .inNamespace(stage.namespace)
        .withName("orders")
        .get();
  }

  @Test
  void anOwnerBindingForMigrationsStandsBesideAReadWriteBindingForTheApplication()
      throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders, containers: [app]}]");

    // When
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: orders-owner, namespace: %s}
        spec: {server: %s, access: Owner, postgresql: {database: orders}, workloads: [{kind: Deployment, name: orders, containers: [migrate]}]}
        """
            .formatted(stage.namespace, stage.blue));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.condition(stage.namespace, "orders-owner", "Ready"))
                .isEqualTo("True/Ready"));
    var template = stage.template();
    var migrate = template.getSpec().getInitContainers().getFirst();
    assertThat(variable(migrate, "DATABASE_URL").getValueFrom().getSecretKeyRef().getName())
        .isEqualTo("orders-owner");
    assertThat(
            variable(container(template, "app"), "DATABASE_URL")
                .getValueFrom()
                .getSecretKeyRef()
                .getName())
        .isEqualTo("orders-db");
    assertThat(template.getSpec().getVolumes())
        .extracting(v -> v.getName())
        .containsExactlyInAnyOrder("backing-orders-db", "backing-orders-owner");

    // When
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

    // Then
    stage.eventually("Ready", "False/Detached");
    assertThat(stage.template().getSpec().getVolumes())
        .extracting(v -> v.getName())
        .containsExactly("backing-orders-owner");
    assertThat(container(stage.template(), "app").getEnv()).isEmpty();
  }

  @Test
  void aLiteralValueIsAConflictThatSaysWhatToDoAndTheRecipeMovesTheApplicationOver()
      throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(
        workload(stage, "Deployment", "env: [{name: DATABASE_URL, value: 'postgresql://old'}]"));
    stage.apply(stage.blue, ORDERS);
    stage.eventually("Projected", "False/WorkloadConflict");
    assertThat(stage.message("Projected")).contains("secretKeyRef");
    assertThat(variable(container(stage.template(), "app"), "DATABASE_URL").getValue())
        .isEqualTo("postgresql://old");

    // When
    stage.sandbox.apply(
        workload(
            stage,
            "Deployment",
            "env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: orders-db, key: uri}}}]"));

    // Then
    stage.eventually("Ready", "True/Ready");
    stage.eventually("RolledOut", "True/RolledOut");
  }

  @Test
  void theUsersOwnAppliesKeepOursAndAReplaceIsMended() throws Exception {
    // Given
    var stage = attachable();
    var manifest = workload(stage, "Deployment", "");
    stage.kubectl(manifest, "apply", "-f", "-");
    stage.attached(stage.blue, ORDERS);
    stage.eventually("RolledOut", "True/RolledOut");

    // When
    stage.kubectl(manifest.replace("orders:1", "orders:2"), "apply", "-f", "-");
    stage.kubectl(
        manifest.replace("orders:1", "orders:3"),
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        "-");

    // Then
    assertThat(container(stage.template(), "app").getImage()).endsWith("orders:3");
    assertThat(variable(container(stage.template(), "app"), "DATABASE_URL")).isNotNull();

    // When
    stage.kubectl(manifest, "replace", "-f", "-");

    // Then
    stage.eventually(
        () ->
            assertThat(container(stage.template(), "app").getEnv())
                .extracting(EnvVar::getName)
                .contains("DATABASE_URL"));
  }

  @Test
  void everyKindWithAPodTemplateIsServedAlike() throws Exception {
    // Given
    var stage = attachable();
    for (var kind : List.of("StatefulSet", "DaemonSet"))
      stage.sandbox.apply(workload(stage, kind, ""));
    stage.sandbox.apply(
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: orders, namespace: %s}
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: registry.invalid/orders}]}}}}
        """
            .formatted(stage.namespace));

    // When
    stage.attached(
        stage.blue,
        "workloads: [{kind: StatefulSet, name: orders}, {kind: DaemonSet, name: orders}, {kind: CronJob, name: orders}]");

    // Then
    assertThat(stage.condition("Projected")).isEqualTo("True/Projected");
    var job =
        stage
            .sandbox
            .admin()
            .batch()
            .v1()
            .cronjobs()
            .inNamespace(stage.namespace)
            .withName("orders")
            .get();
    assertThat(
            variable(
                job.getSpec()
                    .getJobTemplate()
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .getFirst(),
                "DATABASE_URL"))
        .isNotNull();
    assertThat(stage.status().workloads()).hasSize(3);
  }

  @Test
  void aWorkloadThatComesLaterIsFoundByItsLabelsAndOneThatIsNoLongerChosenIsLeft()
      throws Exception {
    // Given
    var stage = attachable();
    stage.attached(
        stage.blue,
        "workloads: [{kind: Deployment, selector: {matchLabels: {uses: orders-db}}, inject: RestartOnly}]");

    // When
    stage.sandbox.apply(workload(stage, "Deployment", ""));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.template().getMetadata().getAnnotations())
                .isNotNull()
                .containsEntry("backingservice.dev/orders-db", "1"));
    assertThat(stage.template().getSpec().getVolumes()).isEmpty();
    assertThat(container(stage.template(), "app").getEnv()).isEmpty();

    // When
    stage.patch("{\"spec\":{\"workloads\":null}}");

    // Then
    stage.eventually(
        () -> assertThat(stage.template().getMetadata().getAnnotations()).isNullOrEmpty());
  }

  @Test
  void moreWorkloadsThanTheStatusHoldsAreServedAndCounted() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    var jobs = new StringBuilder();
    for (int i = 0; i < 1_030; i++) jobs.append(cronJob(stage.namespace, "job-" + i));
    stage.sandbox.apply(jobs.toString());

    // When
    stage.apply(
        stage.blue, "workloads: [{kind: CronJob, selector: {matchLabels: {uses: orders-db}}}]");

    // Then
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().workloads()).hasSize(1_024);
    assertThat(stage.status().omitted().workloads()).isEqualTo(6);
    assertThat(
            stage
                .sandbox
                .admin()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(stage.namespace)
                .list()
                .getItems())
        .allMatch(
            j ->
                "1"
                    .equals(
                        j.getSpec()
                            .getJobTemplate()
                            .getSpec()
                            .getTemplate()
                            .getMetadata()
                            .getAnnotations()
                            .get("backingservice.dev/orders-db")));
  }

  private static String cronJob(String namespace, String name) {
    return """
    ---
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: %s, namespace: %s, labels: {uses: orders-db}}
    spec:
      schedule: "0 0 1 1 *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: app, image: registry.invalid/orders}]
    """
        .formatted(name, namespace);
  }

  @Test
  void whatIsNotThereIsSaidInWords() throws Exception {
    // Given
    var stage = attachable();

    // When
    stage.apply(stage.blue, "workloads: [{kind: Deployment, name: orders, containers: [web]}]");

    // Then
    stage.eventually("Projected", "Unknown/WorkloadNotFound");
    assertThat(stage.message("Projected")).contains("Deployment orders does not exist");
    stage.eventually("Published", "True/Published");

    // Then: after its grace somebody has to act
    stage.eventually("Projected", "False/WorkloadNotFound");
    stage.eventually("Ready", "False/WorkloadNotFound");

    // When
    stage.sandbox.apply(workload(stage, "Deployment", ""));

    // Then
    stage.eventually("Projected", "False/ContainerNotFound");
    assertThat(stage.message("Projected")).contains("has no container web");
  }

  @Test
  void aConflictOnAWorkloadIsFoundBeforeTheFence() throws Exception {
    // Given
    var stage = attachable();
    var blue = stage.sandbox.postgres(stage.blue);
    stage.server(stage.green);
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    stage.sandbox.apply(
        workload(
            stage,
            "Deployment",
            "volumeMounts: [{name: mine, mountPath: /bindings/orders-db}]\n      volumes: [{name: mine, emptyDir: {}}]"));
    stage.eventually("Projected", "False/WorkloadConflict");

    try (var session = stage.session(blue)) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Provisioned", "False/WorkloadConflict");
      assertThat(stage.message("Provisioned")).contains("Deployment orders", "/bindings/orders-db");
      assertThat(stage.condition("Available")).isEqualTo("True/Available");
      assertThat(session.isValid(1)).isTrue();
    }

    // When
    stage.patch("{\"spec\":{\"workloads\":[]}}");

    // Then
    stage.eventuallyOn(stage.green);
  }

  /// Flux and Helm 4 apply as `kubectl apply --server-side --force-conflicts` does.
  @Test
  void aContainerIsRenamedAfterTheBindingLeftIt() throws Exception {
    // Given
    var stage = attachable();
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var renamed = workload(stage, "Deployment", "").replace("name: app\n", "name: web\n");
    assertThatThrownBy(() -> stage.sandbox.apply(renamed))
        .hasMessageContaining("image: Required value");

    // When: what the documentation says
    stage.patch(
        "{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"orders\",\"containers\":[\"migrate\"]}]}}");
    stage.eventually(() -> assertThat(container(stage.template(), "app").getEnv()).isEmpty());
    stage.sandbox.apply(renamed);
    stage.patch("{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"orders\"}]}}");

    // Then
    stage.eventually(
        () -> assertThat(variable(container(stage.template(), "web"), "DATABASE_URL")).isNotNull());
    assertThat(stage.template().getSpec().getContainers()).hasSize(1);
  }

  @Test
  void ownEntriesAreFilledInAndOnNextStartLeavesTheTemplateAlone() throws Exception {
    // Given
    var stage = attachable();
    stage.server(stage.green);
    stage.sandbox.apply(workload(stage, "Deployment", ""));
    stage.attached(
        stage.blue,
        "binding: {entries: {ASYNC_URL: 'postgresql+asyncpg://{username}:{password:pct}@{host}:{port}/{database}'}},"
            + " inject: {rollout: OnNextStart, env: [{name: ASYNC_URL, key: ASYNC_URL}]}, "
            + ORDERS);
    assertThat(stage.bound("ASYNC_URL"))
        .isEqualTo(
            "postgresql+asyncpg://%s:%s@127.0.0.1:%s/orders"
                .formatted(stage.bound("username"), stage.bound("password"), stage.bound("port")));

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("RolledOut", "Unknown/AwaitingRestart");
    assertThat(stage.template().getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/orders-db", "1");
    assertThat(container(stage.template(), "app").getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("DATABASE_URL");
  }

  private static Stage attachable() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    return stage;
  }

  private static String workload(Stage stage, String kind, String more) {
    return """
        apiVersion: apps/v1
        kind: %s
        metadata: {name: orders, namespace: %s, labels: {uses: orders-db}}
        spec:
          %s
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              initContainers:
              - {name: migrate, image: registry.invalid/migrate:1}
              containers:
              - name: app
                image: registry.invalid/orders:1
                %s
        """
        .formatted(
            kind, stage.namespace, kind.equals("StatefulSet") ? "serviceName: orders" : "", more);
  }

  private static Container container(PodTemplateSpec template, String name) {
    return template.getSpec().getContainers().stream()
        .filter(c -> c.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static EnvVar variable(Container container, String name) {
    return container.getEnv().stream()
        .filter(e -> e.getName().equals(name))
        .findFirst()
        .orElse(null);
  }
}
