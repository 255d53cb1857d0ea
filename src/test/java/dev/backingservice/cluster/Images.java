package dev.backingservice.cluster;

import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import dev.backingservice.image.Destination;
import dev.backingservice.image.Image;
import dev.backingservice.image.JavaRuntime;
import dev.backingservice.image.Layers;
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
// what holds a pod's
/// namespaces on a cluster of ours.
final class Images {
  static final String POSTGRES = "sandbox-postgres:17";
  static final String ORDERS = "sandbox-orders:1";
  static final List<String> NAMES = List.of(Image.NAME, POSTGRES, ORDERS);
  private static final Path WORK = Path.of("target/cluster").toAbsolutePath();
  private static final Path BUSYBOX = Path.of("/bin/busybox");

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
    var programs = WORK.resolve("postgres");
    JavaRuntime.delete(programs);
    Files.createDirectories(programs);
    var archive = WORK.resolve("postgres.txz");
    try (var binaries = Postgres.binaries(17)) {
      Files.copy(binaries, archive, StandardCopyOption.REPLACE_EXISTING);
    }
    Processes.run(List.of("tar", "-xJf", archive.toString(), "-C", programs.toString()));
    var script = WORK.resolve("server.sh");
    try (var text = Images.class.getResourceAsStream("/cluster/server.sh")) {
      Files.copy(text, script, StandardCopyOption.REPLACE_EXISTING);
    }
    var shell = shell();
    shell.addEntry(
        script, AbsoluteUnixPath.get("/server.sh"), FilePermissions.fromOctalString("755"));
    return Jib.fromScratch()
        .setFileEntriesLayers(
            List.of(
                Layers.system(programs, WORK),
                Layers.folder("postgres", programs, "/postgres"),
                shell.build()))
        .setUser("65532:65532")
        .setEnvironment(Map.of("PATH", "/postgres/bin:/bin"))
        .setEntrypoint("/bin/sh", "/server.sh");
  }

  private static JibContainerBuilder orders() throws Exception {
    var runtime = Path.of("target/image/runtime").toAbsolutePath();
    var classes = Path.of("target/test-classes").toAbsolutePath();
    var driver =
        Path.of(
            org.postgresql.Driver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    var program = FileEntriesLayer.builder().setName("orders");
    program.addEntry(driver, AbsoluteUnixPath.get("/app/driver.jar"));
    program.addEntryRecursive(
        classes.resolve("dev/backingservice/cluster/workload"),
        AbsoluteUnixPath.get("/app/classes/dev/backingservice/cluster/workload"));
    return Jib.fromScratch()
        .setFileEntriesLayers(
            List.of(
                Layers.system(runtime, WORK),
                Layers.folder("runtime", runtime, "/runtime"),
                program.build()))
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
    return Jib.fromScratch()
        .setFileEntriesLayers(List.of(shell().build()))
        .setEntrypoint("/bin/busybox", "sleep", "2147483647");
  }

  private static FileEntriesLayer.Builder shell() throws IOException {
    if (!Files.isExecutable(BUSYBOX))
      throw new IllegalStateException(BUSYBOX + " is missing: install the package busybox-static");
    var layer = FileEntriesLayer.builder().setName("shell");
    for (var name : List.of("busybox", "sh"))
      layer.addEntry(
          BUSYBOX.toRealPath(),
          AbsoluteUnixPath.get("/bin/" + name),
          FilePermissions.fromOctalString("755"));
    return layer;
  }
}
