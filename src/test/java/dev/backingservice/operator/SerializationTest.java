package dev.backingservice.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerializationTest {
  private static final String MANAGED =
      """
      {"apiVersion": "%s", "kind": "%s",
       "metadata": {"name": "orders-db", "labels": {"a": "b"}, "managedFields": [
         {"manager": "kubectl", "operation": "Apply", "fieldsType": "FieldsV1",
          "fieldsV1": {"f:spec": {"f:server": {}}}}], "uid": "1"}}""";

  private final KubernetesSerialization client = client();

  private static KubernetesSerialization client() {
    var mapper = new ObjectMapper();
    new Serialization().customize(mapper);
    return new KubernetesSerialization(mapper, true);
  }

  private <T extends HasMetadata> T read(Class<T> kind) {
    return client.unmarshal(
        MANAGED.formatted(HasMetadata.getApiVersion(kind), HasMetadata.getKind(kind)), kind);
  }

  @ParameterizedTest
  @ValueSource(classes = {BackingService.class, BackingServer.class, Secret.class})
  void managedFieldsOfWhatIsKeptAreSkipped(Class<? extends HasMetadata> kind) {
    // When
    var read = read(kind).getMetadata();

    // Then
    assertThat(read.getManagedFields()).isEmpty();
    assertThat(read.getUid()).isEqualTo("1");
  }

  @Test
  void labelsAreReadWhereTheyAreWrittenBack() {
    assertThat(read(Secret.class).getMetadata().getLabels()).containsEntry("a", "b");
    assertThat(read(BackingService.class).getMetadata().getLabels()).isEmpty();
    assertThat(read(BackingServer.class).getMetadata().getLabels()).isEmpty();
  }

  @Test
  void managedFieldsOfAWorkloadAreRead() {
    assertThat(read(Deployment.class).getMetadata().getManagedFields()).hasSize(1);
  }
}
