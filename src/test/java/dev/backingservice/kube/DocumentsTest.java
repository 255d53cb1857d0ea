package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.HostileTexts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A document that cannot be read would end the watch of all others of its kind.
class DocumentsTest {
  private static final String LONG = "a".repeat(1_000_000);

  private static Stream<ObjectMapper> mappers() {
    return Stream.of(Documents.mapper(), MetadataOnly.jsonWithLabels());
  }

  @ParameterizedTest
  @MethodSource("mappers")
  void aNameMayBeAsLongAsTheApiServerTakes(ObjectMapper mapper) {
    readsLabels(mapper, List.of(LONG));
  }

  @ParameterizedTest
  @MethodSource("mappers")
  void aNameOfAFieldThatIsSkippedMayBeLong(ObjectMapper mapper) {
    var text =
        "{\"metadata\": {\"uid\": \"1\", \"managedFields\": [{\"fieldsV1\": {\"%s\": {}}}]}}";

    assertThat(read(mapper, text.formatted(LONG)).getMetadata().getUid()).isEqualTo("1");
  }

  /// The API server reads 10,000 levels, and keeps fields of managers that it does not know.
  @ParameterizedTest
  @MethodSource("mappers")
  void fieldsMayBeNestedAsDeepAsTheApiServerTakes(ObjectMapper mapper) {
    int levels = 9_900;
    var text =
        "{\"kind\": \"Namespace\", \"apiVersion\": \"v1\", \"metadata\": {\"uid\": \"1\", \"managedFields\": [{\"fieldsV1\": %s{}%s}]}}"
            .formatted("{\"f:a\": ".repeat(levels), "}".repeat(levels));

    assertThat(read(mapper, text).getMetadata().getUid()).isEqualTo("1");
    var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    HasMetadata any = new KubernetesSerialization(mapper, true).unmarshal(bytes);
    assertThat(any.getMetadata().getUid()).isEqualTo("1");
  }

  @ParameterizedTest
  @MethodSource("mappers")
  void namesMayHaveOneHash(ObjectMapper mapper) {
    readsLabels(mapper, HostileTexts.ofOneHash(4096));
  }

  private static void readsLabels(ObjectMapper mapper, List<String> names) {
    var labels = new StringBuilder();
    for (var name : names)
      labels.append(labels.isEmpty() ? "" : ", ").append('"').append(name).append("\": \"x\"");
    var text = "{\"metadata\": {\"labels\": {%s}}}".formatted(labels);

    assertThat(read(mapper, text).getMetadata().getLabels()).hasSize(names.size());
    var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    var streamed = new KubernetesSerialization(mapper, true).unmarshal(bytes, Namespace.class);
    assertThat(streamed.getMetadata().getLabels()).hasSize(names.size());
  }

  private static Namespace read(ObjectMapper mapper, String text) {
    return new KubernetesSerialization(mapper, true).unmarshal(text, Namespace.class);
  }
}
