package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// A schema that is newer than the operator.
@Isolated("it changes the schema of everybody")
class UnknownValuesIT {
  private static final String PATH =
      "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/access/enum";

  private static void patch(Stage stage, String json) {
    stage
        .sandbox
        .admin()
        .resources(CustomResourceDefinition.class)
        .withName("backingservices.backingservice.dev")
        .patch(PatchContext.of(PatchType.JSON), json);
  }

  @Test
  void aValueThatThisVersionDoesNotKnowIsRefusedAndHoldsUpNobody() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    patch(stage, "[{\"op\":\"add\",\"path\":\"%s/0\",\"value\":\"Auditor\"}]".formatted(PATH));
    try {
      // When
      stage.eventually(() -> stage.patch("{\"spec\":{\"access\":\"Auditor\"}}"));

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
      patch(stage, "[{\"op\":\"remove\",\"path\":\"%s/0\"}]".formatted(PATH));
    }
  }
}
