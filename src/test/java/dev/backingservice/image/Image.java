package dev.backingservice.image;

import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.backingservice.sandbox.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `make image`: writes `target/backing-service-operator.tar`, an OCI archive.
public final class Image {
  public static final Path TAR = Path.of("target/backing-service-operator.tar");
  public static final String NAME = "backing-service-operator:0.1.0";

  /// How the operator is started, but for its heap.
  static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xss512k");

  /// What code, threads and buffers leave to it.
  static final String HEAP = "-XX:MaxRAMPercentage=40";

  /// Pools of native memory: each keeps what it once took.
  static final String ARENAS = "2";

  private static final Path WORK = Path.of("target/image").toAbsolutePath();
  private static final Path PACKAGED = Path.of("target/quarkus-app");

  private Image() {}

  public static void main(String... args) {
    Program.run(
        () -> {
          build(new Destination.Archive(TAR));
          System.out.printf("%s: %.1f MiB%n", TAR, Files.size(TAR) / 1048576.0);
          ColdStart.measure();
          return true;
        });
  }

  /// Builds it; the same operator gives the same bytes.
  public static void build(Destination destination) throws Exception {
    var runtime = JavaRuntime.link(WORK.resolve("runtime"));
    var app = WORK.resolve("app");
    copy(PACKAGED, app);
    JavaRuntime.age(app);
    var cache = new AheadOfTime(runtime, app, FLAGS).cache();
    var image =
        Jib.fromScratch()
            .setFileEntriesLayers(
                List.of(
                    Layers.system(runtime.folder(), WORK),
                    Layers.folder("runtime", runtime.folder(), "/runtime"),
                    Layers.folder("libraries", app.resolve("lib"), "/app/lib"),
                    program(app, cache)))
            .setUser("65532:65532")
            .setWorkingDirectory(AbsoluteUnixPath.get("/app"))
            .setEnvironment(
                Map.of("PATH", "/runtime/bin", "LANG", "C.UTF-8", "MALLOC_ARENA_MAX", ARENAS))
            .addExposedPort(Port.tcp(8080))
            .setLabels(labels())
            .setEntrypoint(entrypoint());
    destination.write(image, NAME, WORK);
  }

  private static List<String> entrypoint() {
    var command = new ArrayList<String>();
    command.add("/runtime/bin/java");
    command.add("-XX:AOTCache=/app/operator.aot");
    command.add(HEAP);
    command.addAll(FLAGS);
    command.add("-jar");
    command.add("/app/quarkus-run.jar");
    return command;
  }

  private static Map<String, String> labels() {
    return Map.of(
        "org.opencontainers.image.title", "backing-service-operator",
        "org.opencontainers.image.description",
            "Attaches databases to workloads with least privilege and TLS, and swaps them by an edit",
        "org.opencontainers.image.version", "0.1.0",
        "org.opencontainers.image.licenses", "Apache-2.0",
        "org.opencontainers.image.documentation", "https://backingservice.dev");
  }

  private static FileEntriesLayer program(Path app, Path cache) throws IOException {
    var layer = FileEntriesLayer.builder().setName("operator");
    for (var name : List.of("app", "quarkus"))
      Layers.add(layer, app.resolve(name), AbsoluteUnixPath.get("/app/" + name));
    layer.addEntry(app.resolve("quarkus-run.jar"), AbsoluteUnixPath.get("/app/quarkus-run.jar"));
    layer.addEntry(cache, AbsoluteUnixPath.get("/app/operator.aot"));
    return layer.build();
  }

  private static void copy(Path from, Path to) throws IOException {
    JavaRuntime.delete(to);
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        var target = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) Files.createDirectories(target);
        else Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
