package dev.backingservice.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `make image` makes.
class ImageIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theSameOperatorMakesTheSameImageAndItsPartsRun(@TempDir Path folder) throws Exception {
    // When
    Image.build(new Destination.Archive(folder.resolve("one.tar")));
    Image.build(new Destination.Archive(folder.resolve("two.tar")));

    // Then
    assertThat(Files.mismatch(folder.resolve("one.tar"), folder.resolve("two.tar"))).isEqualTo(-1);
    var config = config(folder.resolve("one.tar"));
    assertThat(config.at("/config/User").asText()).isEqualTo("65532:65532");
    assertThat(config.at("/config/Labels").size()).isGreaterThan(3);
    assertThat(config.at("/config/Entrypoint/0").asText()).isEqualTo("/runtime/bin/java");
    runs(config);
  }

  @Test
  void theContainerfileMakesTheSameRuntimeAndStartsItTheSame() throws IOException {
    var text = Files.readString(Path.of("operator/Containerfile"));
    assertThat(text).contains(JavaRuntime.MODULES).contains("65532:65532");
    assertThat(text).contains("\"" + Image.HEAP + "\"", "MALLOC_ARENA_MAX=" + Image.ARENAS);
    for (var flag : Image.FLAGS) assertThat(text).contains("\"" + flag + "\"");
  }

  /// The runtime and the cache of the image, started as its entry point starts them.
  private static void runs(JsonNode config) throws Exception {
    var flags = new ArrayList<String>();
    for (var argument : config.at("/config/Entrypoint"))
      if (argument.asText().startsWith("-X") && !argument.asText().startsWith("-XX:AOTCache"))
        flags.add(argument.asText());
    flags.add("-XX:AOTCache=" + Path.of("target/image/operator.aot").toAbsolutePath());
    flags.add("-XX:AOTMode=on"); // refuses to start without it
    try (var sandbox = Sandbox.start()) {
      sandbox.startOperator(
          Map.of(),
          new Launch(
              Path.of("target/image/runtime/bin/java").toAbsolutePath(),
              flags,
              Path.of("target/image/app/quarkus-run.jar").toAbsolutePath()));
      Waiting.until("ready", () -> sandbox.operator().log().contains("started in"));
      assertThat(sandbox.operator().get("/q/health/live")).contains("UP");
    }
  }

  private static JsonNode config(Path tar) throws IOException {
    var index = read(tar, "index.json");
    var manifest = read(tar, blob(index.at("/manifests/0/digest").asText()));
    assertThat(manifest.at("/layers").size()).isEqualTo(4);
    return read(tar, blob(manifest.at("/config/digest").asText()));
  }

  private static String blob(String digest) {
    return "blobs/" + digest.replace(':', '/');
  }

  private static JsonNode read(Path tar, String name) throws IOException {
    try (var archive = new TarArchiveInputStream(Files.newInputStream(tar))) {
      for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry())
        if (entry.getName().equals(name)) return JSON.readTree(archive.readAllBytes());
    }
    throw new IOException("no " + name + " in " + tar);
  }
}
