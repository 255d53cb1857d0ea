package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// A schema that is newer than the operator.
@Isolated("it changes the schema of everybody")
class UnknownValuesIT {
  private static final String PATH =
      "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/access/enum";
  private static final String AUDITOR = "{\"spec\":{\"access\":\"Auditor\"}}";
  private static final int UNPROCESSABLE = 422;

  /// Changes the schema and waits until the API server serves it. Meanwhile the API server refuses
  /// lists with 429, "storage is (re)initializing".
  private static void schema(Stage stage, String change, boolean known) {
    stage
        .sandbox
        .admin()
        .resources(CustomResourceDefinition.class)
        .withName("backingservices.backingservice.dev")
        .patch(PatchContext.of(PatchType.JSON), change);
    await()
        .atMost(Stage.PATIENCE)
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(() -> stage.status() != null && knowsAuditor(stage) == known);
  }

  private static boolean knowsAuditor(Stage stage) {
    try {
      stage
          .sandbox
          .admin()
          .resources(BackingService.class)
          .inNamespace(stage.namespace)
          .withName(stage.service)
          .dryRun()
          .patch(PatchContext.of(PatchType.JSON_MERGE), AUDITOR);
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == UNPROCESSABLE) return false;
      throw e;
    }
  }

  @Test
  void aValueThatThisVersionDoesNotKnowIsRefusedAndHoldsUpNobody() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    schema(
        stage, "[{\"op\":\"add\",\"path\":\"%s/0\",\"value\":\"Auditor\"}]".formatted(PATH), true);
    try {
      // When
      stage.patch(AUDITOR);

      // Then
      stage.eventually("Accepted", "False/NotYetSupported");
      assertThat(stage.message("Accepted")).contains("does not know spec.access: Auditor");
      assertThat(stage.condition("Available")).isEqualTo("True/Available");
      var other = new Stage();
      other.server(other.blue);
      other.attached(other.blue, "");

      // When
      stage.patch("{\"spec\":{\"access\":\"ReadOnly\"}}");

      // Then
      stage.eventually("Ready", "True/Ready");
    } finally {
      schema(stage, "[{\"op\":\"remove\",\"path\":\"%s/0\"}]".formatted(PATH), false);
    }
  }
}
