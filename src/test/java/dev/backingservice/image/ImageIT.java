package dev.backingservice.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// What `make image` makes.
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("target/image") // one build after another
class ImageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private static Path folder;
  private static Path tar;
  private static JsonNode config;

  @BeforeAll
  static void build() throws Exception {
    tar = folder.resolve("one.tar");
    Image.build(new Destination.Archive(tar));
    var manifest = read(blob(read("index.json").at("/manifests/0/digest").asText()));
    config = read(blob(manifest.at("/config/digest").asText())).at("/config");
  }

  @Test
  void theSamePackageMakesTheSameBytes() throws Exception {
    // When
    var again = folder.resolve("two.tar");
    Image.build(new Destination.Archive(again));

    // Then
    assertThat(Files.mismatch(tar, again)).isEqualTo(-1);
  }

  @Test
  void itIsNobodysAndSaysWhatItIs() {
    assertThat(config.at("/User").asText()).isEqualTo("65532:65532");
    assertThat(config.at("/Labels").size()).isGreaterThan(3);
    assertThat(config.at("/Entrypoint/0").asText()).isEqualTo("/runtime/bin/java");
  }

  @Test
  void packagesAreNamedAsScannersNameThem() {
    var owner = new BillOfMaterials.Owner("libstdc++6", "1:12.2+deb12", "amd64", "debian", "12");
    assertThat(owner.purl())
        .isEqualTo("pkg:deb/debian/libstdc%2B%2B6@1%3A12.2%2Bdeb12?arch=amd64&distro=debian-12");
  }

  @Test
  void theContainerfileSaysWhatTheImageSays() throws Exception {
    var file = Path.of("operator/Containerfile");

    var said = Containerfile.read(file);

    var expected = Containerfile.of(config);
    assertThat(said.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (instruction, operands) ->
            assertThat(said.get(instruction)).containsExactlyInAnyOrderElementsOf(operands));
  }

  @Test
  void theBillOfMaterialsNamesWhateverIsInIt() throws Exception {
    var file = folder.resolve("bill.json");
    BillOfMaterials.write(Image.ROOT, Target.here(), file);
    var bill = JSON.readTree(file.toFile());

    var files = new ArrayList<String>();
    for (var component : bill.at("/components")) {
      files.add(component.at("/name").asText());
      files.add(
          "%s.%s-%s.jar"
              .formatted(
                  component.at("/group").asText(),
                  component.at("/name").asText(),
                  component.at("/version").asText()));
    }
    assertThat(bill.at("/bomFormat").asText()).isEqualTo("CycloneDX");
    for (var component : bill.at("/components"))
      for (var inside : component.path("components")) files.add(inside.at("/name").asText());
    assertThat(files).contains("java-runtime").anyMatch(f -> f.endsWith("/libc.so.6"));
    if (Files.exists(Path.of("/var/lib/dpkg/status")))
      assertThat(bill.findValuesAsText("purl"))
          .anyMatch(p -> p.matches("pkg:deb/[a-z]+/libc6@[^+:?]+\\?arch=[a-z0-9]+&distro=.+"));
    try (var libraries = Files.walk(Image.ROOT.resolve("app/lib"))) {
      assertThat(libraries.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".jar")))
          .hasSizeGreaterThan(100)
          .allSatisfy(f -> assertThat(files).contains(f));
    }
  }

  /// Otherwise each start makes every provider that is found among the libraries.
  @Test
  void everySecurityProviderOnTheListIsThere() throws Exception {
    var program =
        Files.writeString(
            folder.resolve("Providers.java"),
            """
            void main() {
              for (int i = 1; java.security.Security.getProperty("security.provider." + i) != null; i++) {
                var name = java.security.Security.getProperty("security.provider." + i);
                IO.println(name + "=" + (java.security.Security.getProvider(name) != null));
              }
            }
            """);
    var home = Path.of(System.getProperty("java.home"));
    Processes.run(
        List.of(home.resolve("bin/javac").toString(), "-d", folder.toString(), program.toString()));
    var said =
        Processes.run(
            List.of(
                Image.ROOT.resolve("runtime/bin/java").toString(),
                "-cp",
                folder.toString(),
                "Providers"));
    assertThat(said.lines())
        .contains("SUN=true", "SunJSSE=true")
        .noneMatch(l -> l.endsWith("=false"));
  }

  /// The runtime and the cache of the image, started as its entry point starts them.
  @Test
  void itsPartsStart() throws Exception {
    var app = Image.ROOT.resolve("app");
    var flags = new ArrayList<String>();
    for (var argument : config.at("/Entrypoint"))
      if (argument.asText().startsWith("-X"))
        flags.add(argument.asText().replace("/app", app.toString()));
    flags.add("-XX:AOTMode=on"); // refuses to start without the cache
    try (var sandbox = Sandbox.start()) {
      sandbox.startOperator(
          Map.of(),
          new Launch(
              Image.ROOT.resolve("runtime/bin/java"), flags, app.resolve("quarkus-run.jar")));
      Waiting.until("started", () -> sandbox.operator().log().contains("started in"));
      assertThat(sandbox.operator().get("/q/health/live")).contains("UP");
    }
  }

  private static String blob(String digest) {
    return "blobs/" + digest.replace(':', '/');
  }

  private static JsonNode read(String name) throws IOException {
    try (var archive = new TarArchiveInputStream(Files.newInputStream(tar))) {
      for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry())
        if (entry.getName().equals(name)) return JSON.readTree(archive.readAllBytes());
    }
    throw new IOException("no " + name + " in " + tar);
  }
}
