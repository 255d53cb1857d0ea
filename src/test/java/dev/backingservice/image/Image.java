package dev.backingservice.image;

import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `make image`: writes `target/backing-service-operator.tar`, an OCI archive. `ARCH=arm64` makes
/// one for machines of that architecture; without an ahead-of-time cache, which only such a machine
/// can make.
public final class Image {
  public static final String NAME = "backing-service-operator:0.1.0";

  /// What code, threads and buffers leave to it.
  static final String HEAP = "-XX:MaxRAMPercentage=40";

  /// Pools of native memory: each keeps what it once took.
  static final String ARENAS = "2";

  private static final Path WORK = Path.of("target/image").toAbsolutePath();

  /// What the image holds; `operator/Containerfile` makes the same image of it.
  public static final Path ROOT = WORK.resolve("root");

  private static final Path PACKAGED = Path.of("target/quarkus-app");

  private Image() {}

  /// @param args the architecture; this machine's without it
  public static void main(String... args) {
    Program.run(
        () -> {
          var target = args.length == 0 ? Target.here() : Target.of(Architecture.valueOf(args[0]));
          var suffix = target.emulated() ? "-" + target.architecture() : "";
          var tar = Path.of("target/backing-service-operator%s.tar".formatted(suffix));
          var root = build(new Destination.Archive(tar), target);
          BillOfMaterials.write(
              root,
              target,
              Path.of("target/backing-service-operator%s.cdx.json".formatted(suffix)));
          System.out.printf("%s: %.1f MiB%n", tar, Files.size(tar) / 1048576.0);
          if (target.emulated()) new Emulation(target, root).startOperator();
          return true;
        });
  }

  /// What starts the operator from what [#main] left in [#ROOT], with the heap of a sandbox.
  ///
  /// @param cached with the ahead-of-time cache
  public static Launch launch(boolean cached) {
    var launch = Launch.of(ROOT.resolve("runtime/bin/java"), ROOT.resolve("app/quarkus-run.jar"));
    var cache = ROOT.resolve("app").resolve(AheadOfTime.NAME);
    return cached ? launch.with("-XX:AOTCache=" + cache) : launch;
  }

  /// Builds it for machines like this one; the same package gives the same bytes while its
  /// ahead-of-time cache is kept.
  public static void build(Destination destination) throws Exception {
    build(destination, Target.here());
  }

  /// @return what it holds
  static Path build(Destination destination, Target target) throws Exception {
    var root = target.emulated() ? WORK.resolve("root-" + target.architecture()) : ROOT;
    Root.anew(root);
    var runtime = JavaRuntime.link(root.resolve("runtime"), target);
    Root.addFolder(root, PACKAGED, "app");
    Root.addSystem(root, runtime.folder(), target);
    Root.settle(root);
    if (!target.emulated()) {
      new AheadOfTime(runtime, root.resolve("app"), Launch.FLAGS).addCache();
      Root.settle(root);
    }
    var image =
        Jib.fromScratch()
            .setFileEntriesLayers(
                Layers.of(root, "runtime", "app/lib", "app/" + AheadOfTime.NAME, "app"))
            .setUser("65532:65532")
            .setWorkingDirectory(AbsoluteUnixPath.get("/app"))
            .setEnvironment(
                Map.of("PATH", "/runtime/bin", "LANG", "C.UTF-8", "MALLOC_ARENA_MAX", ARENAS))
            .addExposedPort(Port.tcp(8080))
            .setLabels(labels())
            .setEntrypoint(entrypoint(!target.emulated()));
    destination.write(image, NAME, target.architecture(), WORK);
    return root;
  }

  private static List<String> entrypoint(boolean cached) {
    var command = new ArrayList<String>();
    command.add("/runtime/bin/java");
    if (cached) command.add("-XX:AOTCache=/app/" + AheadOfTime.NAME);
    command.add(HEAP);
    command.addAll(Launch.FLAGS);
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
