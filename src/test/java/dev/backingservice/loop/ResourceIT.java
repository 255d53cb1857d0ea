package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people may write, and what they are told when they may not, by the real API server.
class ResourceIT {
  private static final Path FOLDER = Path.of("src/test/resources/resources");

  static Stream<Path> valid() throws IOException {
    return files("valid-");
  }

  static Stream<Path> invalid() throws IOException {
    return files("invalid-");
  }

  private static Stream<Path> files(String prefix) throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void everyFileIsOneOrTheOther() throws IOException {
    try (var files = Files.list(FOLDER)) {
      assertThat(files.count()).isEqualTo(valid().count() + invalid().count());
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  void whatMakesSenseIsTaken(Path file) throws IOException {
    dryRun(Files.readString(file));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void whatMakesNoSenseIsRefusedWithASentence(Path file) throws IOException {
    // Given
    var text = Files.readString(file);
    var expected = text.lines().findFirst().orElseThrow().replace("# expect: ", "");

    // When
    var refusal = catchThrowable(() -> dryRun(text));

    // Then
    assertThat(refusal).hasMessageContaining(expected);
  }

  @Test
  void whatIsImmutableSaysWhatToDoInstead() throws Exception {
    // Given
    var stage = new Stage();
    stage.sandbox.register(stage.blue, 1);
    stage.apply(stage.blue, "");

    // When
    var engine =
        catchThrowable(
            () ->
                stage.patch(
                    "{\"spec\":{\"postgresql\":null,\"mysql\":{\"database\":\"orders\"}}}"));
    var secret =
        catchThrowable(() -> stage.patch("{\"spec\":{\"binding\":{\"secretName\":\"other\"}}}"));
    var host =
        catchThrowable(
            () ->
                stage
                    .sandbox
                    .admin()
                    .genericKubernetesResources("backingservice.dev/v1alpha1", "BackingServer")
                    .withName(stage.blue)
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"host\":\"elsewhere\"}}"));

    // Then
    assertThat(engine).hasMessageContaining("create another BackingService for the other engine");
    assertThat(secret).hasMessageContaining("create another BackingService for another Secret");
    assertThat(host).hasMessageContaining("create another BackingServer and point the services");
  }

  @Test
  void aResourceNobodyHasSeenSaysSo() throws Exception {
    var created = dryRun(Files.readString(FOLDER.resolve("valid-service-minimal.yaml")));
    var service =
        Shared.sandbox()
            .admin()
            .getKubernetesSerialization()
            .convertValue(created, BackingService.class);
    assertThat(service.getStatus().conditions())
        .extracting(c -> c.type() + c.status() + c.reason())
        .isEqualTo(List.of("ReadyUnknownPending"));
    assertThat(service.getSpec().swap().fenceTimeout()).isEqualTo("10s");
  }

  private static Object dryRun(String yaml) {
    return Shared.sandbox().admin().resource(yaml).dryRun().create();
  }
}
