package dev.backingservice.image;

import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.backingservice.sandbox.Program;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /// What the image holds; `operator/Containerfile` makes the same image of it.
  public static final Path ROOT = WORK.resolve("root");

  private static final Path PACKAGED = Path.of("target/quarkus-app");

  private Image() {}

  public static void main(String... args) {
    Program.run(
        () -> {
          build(new Destination.Archive(TAR));
          BillOfMaterials.write(ROOT, BillOfMaterials.FILE);
          System.out.printf("%s: %.1f MiB%n", TAR, Files.size(TAR) / 1048576.0);
          ColdStart.measure();
          return true;
        });
  }

  /// Builds it; the same package gives the same bytes while its ahead-of-time cache is kept.
  public static void build(Destination destination) throws Exception {
    Root.anew(ROOT);
    var runtime = JavaRuntime.link(ROOT.resolve("runtime"));
    Root.addFolder(ROOT, PACKAGED, "app");
    Root.addSystem(ROOT, runtime.folder());
    Root.settle(ROOT);
    new AheadOfTime(runtime, ROOT.resolve("app"), FLAGS).addCache();
    Root.settle(ROOT);
    var image =
        Jib.fromScratch()
            .setFileEntriesLayers(
                Layers.of(ROOT, "runtime", "app/lib", "app/" + AheadOfTime.NAME, "app"))
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
    command.add("-XX:AOTCache=/app/" + AheadOfTime.NAME);
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
}
