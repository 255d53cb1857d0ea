package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is asked for by its name has another media type than a list.
class MetadataOnlyTest {
  @Test
  void whatNobodyLooksAtIsDropped() throws Exception {
    var text =
        """
        {"metadata": {"name": "orders", "labels": {"app": "orders"}, "resourceVersion": "7",
          "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
          "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]}}""";

    var read = MetadataOnly.json().readValue(text, Deployment.class).getMetadata();

    assertThat(read.getName()).isEqualTo("orders");
    assertThat(read.getLabels()).isEmpty();
    assertThat(read.getResourceVersion()).isEqualTo("7");
    assertThat(read.getAnnotations()).isEmpty();
    assertThat(read.getManagedFields()).isEmpty();
  }

  /// A watch tells of objects by another kind than their own.
  @Test
  void labelsAreReadWhereTheyAreAskedFor() {
    var event =
        """
        {"type": "MODIFIED", "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
          "metadata": {"name": "shop", "labels": {"team": "orders"}, "annotations": {"a": "b"}}}}""";

    var read = new KubernetesSerialization(MetadataOnly.jsonWithLabels(), true);
    var object = (HasMetadata) read.unmarshal(event, WatchEvent.class).getObject();

    assertThat(object.getMetadata().getLabels()).containsEntry("team", "orders");
    assertThat(object.getMetadata().getAnnotations()).isEmpty();
  }

  @Test
  void whatIsWrittenIsWrittenWhole() throws Exception {
    var template =
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .addToAnnotations("a", "b")
            .addToLabels("c", "d")
            .endMetadata()
            .build();

    assertThat(MetadataOnly.json().writeValueAsString(template))
        .contains("\"a\":\"b\"", "\"c\":\"d\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/namespaces, false",
    "/api/v1/namespaces/shop, true",
    "/api/v1/namespaces/shop/secrets, false",
    "/api/v1/namespaces/shop/secrets/orders-db, true",
    "/api/v1/secrets, false",
    "/apis/apps/v1/deployments, false",
    "/apis/apps/v1/namespaces/shop/deployments, false",
    "/apis/apps/v1/namespaces/shop/deployments/orders, true",
    "/apis/backingservice.dev/v1alpha1/backingservers/blue, true"
  })
  void aPathThatEndsWithANameIsOneObject(String path, boolean named) {
    assertThat(MetadataOnly.named(path)).isEqualTo(named);
  }
}
