package dev.backingservice.cluster;

import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import dev.backingservice.image.Destination;
import dev.backingservice.image.Image;
import dev.backingservice.image.Layers;
import dev.backingservice.image.Root;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The images of the story, beside the operator's own: a PostgreSQL server, an application, and
/// what holds a pod's namespaces on a cluster of ours.
final class Images {
  static final String POSTGRES = "sandbox-postgres:17";
  static final String ORDERS = "sandbox-orders:1";
  static final List<String> NAMES = List.of(Image.NAME, POSTGRES, ORDERS);
  private static final Path WORK = Path.of("target/cluster").toAbsolutePath();
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private static final String WORKLOAD = "dev/backingservice/cluster/workload";

  private Images() {}

  /// Writes all of [#NAMES].
  ///
  /// @param where each goes, by its name
  static void build(Function<String, Destination> where) throws Exception {
    Image.build(where.apply(Image.NAME));
    where.apply(POSTGRES).write(postgres(), POSTGRES, WORK);
    where.apply(ORDERS).write(orders(), ORDERS, WORK);
  }

  static void buildPause(Destination where) throws Exception {
    where.write(pause(), Containers.PAUSE, WORK);
  }

  private static JibContainerBuilder postgres() throws Exception {
    var root = Root.anew(WORK.resolve("postgres"));
    var programs = Files.createDirectories(root.resolve("postgres"));
    var archive = WORK.resolve("postgres.txz");
    try (var binaries = Postgres.binaries(17)) {
      Files.copy(binaries, archive, StandardCopyOption.REPLACE_EXISTING);
    }
    Processes.run(List.of("tar", "-xJf", archive.toString(), "-C", programs.toString()));
    Root.addSystem(root, programs);
    addShell(root);
    try (var text = Images.class.getResourceAsStream("/cluster/server.sh")) {
      Files.copy(text, root.resolve("server.sh"));
    }
    Root.settle(root);
    return Jib.fromScratch()
        .setFileEntriesLayers(Layers.of(root, "postgres"))
        .setUser("65532:65532")
        .setEnvironment(Map.of("PATH", "/postgres/bin:/bin"))
        .setEntrypoint("/bin/sh", "/server.sh");
  }

  private static JibContainerBuilder orders() throws Exception {
    var root = Root.anew(WORK.resolve("orders"));
    var runtime = Image.ROOT.resolve("runtime");
    Root.addFolder(root, runtime, "runtime");
    Root.addSystem(root, runtime);
    Root.addFolder(
        root, Path.of("target/test-classes").resolve(WORKLOAD), "app/classes/" + WORKLOAD);
    var driver = org.postgresql.Driver.class.getProtectionDomain().getCodeSource().getLocation();
    Files.copy(Path.of(driver.toURI()), root.resolve("app/driver.jar"));
    Root.settle(root);
    return Jib.fromScratch()
        .setFileEntriesLayers(Layers.of(root, "runtime"))
        .setUser("65532:65532")
        .setEntrypoint(
            "/runtime/bin/java",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx48m",
            "-cp",
            "/app/classes:/app/driver.jar");
  }

  private static JibContainerBuilder pause() throws IOException {
    var root = Root.anew(WORK.resolve("pause"));
    addShell(root);
    Root.settle(root);
    return Jib.fromScratch()
        .setFileEntriesLayers(Layers.of(root))
        .setEntrypoint("/bin/busybox", "sleep", "2147483647");
  }

  private static void addShell(Path root) throws IOException {
    if (!Files.isExecutable(BUSYBOX))
      throw new IllegalStateException(BUSYBOX + " is missing: install the package busybox-static");
    for (var name : List.of("busybox", "sh")) Root.addProgram(root, BUSYBOX, "bin/" + name);
  }
}
