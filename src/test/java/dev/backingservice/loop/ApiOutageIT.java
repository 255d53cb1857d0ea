package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.OperatorProcess;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// On a control plane of its own: the controllers of a shared one would need a while to come back.
@Execution(ExecutionMode.CONCURRENT)
class ApiOutageIT {
  private static final String SEEN =
      "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/observedGeneration";

  @Test
  void anApiServerThatIsAwayForTwentySecondsLosesNoEdit() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      stage.server(stage.green);
      stage.attached(stage.blue, "");

      // When
      sandbox.plane().stopApiServer();
      Awaitility.await()
          .pollDelay(Duration.ofSeconds(20))
          .atMost(Duration.ofSeconds(40))
          .until(() -> true);
      sandbox.plane().startApiServer();
      // who loses its lease stops by design; the pod's restart is played here
      if (!sandbox.operator().alive()) sandbox.startOperator(Map.of());
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Ready", "True/Ready");
    }
  }

  @Test
  void anOperatorThatStartsBeforeItsApiServerAnswersWaitsForIt() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      sandbox.plane().stopApiServer();

      // When
      var first = sandbox.startOperator(Map.of());
      says(first, "waiting for the API server: the root key");

      // Then
      assertThat(first.stops(Duration.ofSeconds(5))).as("stops while it waits").isTrue();

      // When
      var operator = sandbox.startOperator(Map.of());
      says(operator, "waiting for the API server: the root key");
      sandbox.plane().startApiServer();

      // Then
      stage.attached(stage.blue, "");
      assertThat(operator.alive()).as(operator.log()).isTrue();

      // When
      boolean stopped = operator.stops(Duration.ofSeconds(10));

      // Then
      assertThat(stopped).as("stops in order").isTrue();
      var lease = "backing-service-operator";
      assertThat(
              sandbox
                  .admin()
                  .leases()
                  .inNamespace(lease)
                  .withName(lease)
                  .get()
                  .getSpec()
                  .getHolderIdentity())
          .isEmpty();
    }
  }

  /// As an API server that has just started: it answers, and does not know our kinds yet.
  @Test
  void anOperatorWaitsUntilItsKindsAreServed() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var definitions = sandbox.admin().apiextensions().v1().customResourceDefinitions();
      var servers = unserved(definitions.withName("backingservers.backingservice.dev"));
      var services = unserved(definitions.withName("backingservices.backingservice.dev"));
      patiently().until(() -> refused(sandbox, BackingServer.class));
      patiently().until(() -> refused(sandbox, BackingService.class));

      // When
      var operator = sandbox.startOperator(Map.of());
      says(operator, "waiting for the API server: the BackingServers");
      serve(sandbox, servers, BackingServer.class);
      says(operator, "backingservices, will retry");
      serve(sandbox, services, BackingService.class);

      // Then
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      stage.attached(stage.blue, "");
      assertThat(operator.alive()).as(operator.log()).isTrue();
    }
  }

  /// A process that cannot read all services must not act on those that it can.
  @Test
  void anOperatorThatCannotReadAServiceDoesNotLead() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var stage = new Stage(sandbox);
      stage.apply("blue", "");
      var text = "{\"status\":{\"observedGeneration\":\"many\"}}";
      sandbox
          .admin()
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName("backingservices.backingservice.dev")
          .patch(
              PatchContext.of(PatchType.JSON),
              "[{\"op\":\"replace\",\"path\":\"%s\",\"value\":{\"type\":\"string\"}}]"
                  .formatted(SEEN));
      var service =
          sandbox
              .admin()
              .genericKubernetesResources("backingservice.dev/v1alpha1", "BackingService")
              .inNamespace(stage.namespace)
              .withName(stage.service);
      patiently()
          .ignoreExceptions()
          .until(
              () ->
                  service.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), text)
                      != null);

      // When
      var operator = sandbox.startOperator(Map.of());

      // Then
      patiently().until(() -> !operator.alive());
      assertThat(operator.log()).contains("cannot be read").doesNotContain("leading: ");
    }
  }

  private static CustomResourceDefinition unserved(Resource<CustomResourceDefinition> definition) {
    var kind = definition.get();
    definition.delete();
    kind.getMetadata().setResourceVersion(null);
    return kind;
  }

  private static boolean refused(Sandbox sandbox, Class<? extends HasMetadata> kind) {
    try {
      sandbox.admin().resources(kind).list();
      return false;
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
  }

  private static void serve(
      Sandbox sandbox, CustomResourceDefinition definition, Class<? extends HasMetadata> kind) {
    sandbox.admin().resource(definition).create();
    patiently()
        .ignoreExceptions()
        .until(() -> sandbox.admin().resources(kind).list().getItems().isEmpty());
  }

  private static void says(OperatorProcess operator, String words) {
    patiently().until(() -> !operator.alive() || operator.log().contains(words));
  }

  private static ConditionFactory patiently() {
    return Awaitility.await().atMost(Stage.PATIENCE);
  }
}
