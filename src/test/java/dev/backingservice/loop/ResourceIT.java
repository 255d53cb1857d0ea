package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people may write, and what they are told when they may not, by the real API server.
class ResourceIT {
  private static final Path FOLDER = Path.of("src/test/resources/resources");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\\R(.*?)```");

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

  /// Resources of our kinds on the pages.
  static Stream<String> shown() throws IOException {
    try (var files = Files.walk(Path.of("src/docs"))) {
      var pages = files.filter(f -> f.toString().endsWith(".md")).toList();
      return Stream.concat(Stream.of(Path.of("README.md")), pages.stream().sorted())
          .flatMap(ResourceIT::documents)
          .filter(text -> text.startsWith("apiVersion: backingservice.dev/"));
    }
  }

  private static Stream<String> documents(Path page) {
    try {
      return YAML.matcher(Files.readString(page))
          .results()
          .flatMap(block -> Arrays.stream(block.group(1).split("(?m)^---\\R", -1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("shown")
  void whatThePagesShowIsTaken(String text) {
    dryRun(text.replaceAll("namespace: [a-z-]+", "namespace: default"));
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
