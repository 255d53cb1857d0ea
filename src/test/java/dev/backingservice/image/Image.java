package dev.backingservice.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import dev.backingservice.sandbox.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `make image`: writes `target/backing-service-operator.tar`, an OCI archive.
public final class Image {
  public static final Path TAR = Path.of("target/backing-service-operator.tar");
  public static final String NAME = "backing-service-operator:0.1.0";

  /// How the operator is started, but for its heap.
  static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xss512k");

  private static final Path WORK = Path.of("target/image").toAbsolutePath();
  private static final Path PACKAGED = Path.of("target/quarkus-app");

  private static final String ARCHITECTURE =
      System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";

  private Image() {}

  public static void main(String... args) {
    Program.run(
        () -> {
          build(TAR);
          System.out.printf("%s: %.1f MiB%n", TAR, Files.size(TAR) / 1048576.0);
          ColdStart.measure();
          return true;
        });
  }

  /// Builds the archive; the same operator gives the same bytes.
  static void build(Path tar) throws Exception {
    var runtime = JavaRuntime.link(WORK.resolve("runtime"));
    var app = WORK.resolve("app");
    copy(PACKAGED, app);
    JavaRuntime.age(app);
    var cache = new AheadOfTime(runtime, app, FLAGS).cache();
    Jib.fromScratch()
        .setFormat(ImageFormat.OCI)
        .setPlatforms(Set.of(new Platform(ARCHITECTURE, "linux")))
        .setCreationTime(Instant.EPOCH)
        .setFileEntriesLayers(
            List.of(
                system(runtime), folder("runtime", runtime.folder(), "/runtime"), libraries(app)))
        .addFileEntriesLayer(program(app, cache))
        .setUser("65532:65532")
        .setWorkingDirectory(AbsoluteUnixPath.get("/app"))
        .setEnvironment(Map.of("PATH", "/runtime/bin", "LANG", "C.UTF-8"))
        .addExposedPort(Port.tcp(8080))
        .setLabels(labels())
        .setEntrypoint(entrypoint())
        .containerize(
            Containerizer.to(TarImage.at(tar.toAbsolutePath()).named(NAME))
                .setOfflineMode(true)
                .setApplicationLayersCache(WORK.resolve("layers"))
                .setBaseImageLayersCache(WORK.resolve("layers")));
  }

  private static List<String> entrypoint() {
    var command = new ArrayList<String>();
    command.add("/runtime/bin/java");
    command.add("-XX:AOTCache=/app/operator.aot");
    command.add("-XX:MaxRAMPercentage=50");
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

  /// The C library, who runs it, and a folder for temporary files.
  private static FileEntriesLayer system(JavaRuntime runtime) throws Exception {
    var etc = Files.createDirectories(WORK.resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/:/nologin\nnonroot:x:65532:65532:nonroot:/app:/nologin\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nnonroot:x:65532:\n");
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
    var layer = FileEntriesLayer.builder().setName("system");
    for (var library : runtime.libraries())
      layer.addEntry(
          library.toRealPath(),
          AbsoluteUnixPath.get(library.toString()),
          FilePermissions.fromOctalString("755"));
    for (var file : List.of("passwd", "group", "nsswitch.conf"))
      layer.addEntry(etc.resolve(file), AbsoluteUnixPath.get("/etc/" + file));
    layer.addEntry(
        Files.createDirectories(WORK.resolve("tmp")),
        AbsoluteUnixPath.get("/tmp"),
        FilePermissions.fromOctalString("777"));
    return layer.build();
  }

  private static FileEntriesLayer libraries(Path app) throws IOException {
    return folder("libraries", app.resolve("lib"), "/app/lib");
  }

  private static FileEntriesLayer program(Path app, Path cache) throws IOException {
    var layer = FileEntriesLayer.builder().setName("operator");
    for (var name : List.of("app", "quarkus"))
      add(layer, app.resolve(name), AbsoluteUnixPath.get("/app/" + name));
    layer.addEntry(app.resolve("quarkus-run.jar"), AbsoluteUnixPath.get("/app/quarkus-run.jar"));
    layer.addEntry(cache, AbsoluteUnixPath.get("/app/operator.aot"));
    return layer.build();
  }

  private static FileEntriesLayer folder(String name, Path from, String to) throws IOException {
    var layer = FileEntriesLayer.builder().setName(name);
    add(layer, from, AbsoluteUnixPath.get(to));
    return layer.build();
  }

  /// Programs stay programs.
  private static void add(FileEntriesLayer.Builder layer, Path from, AbsoluteUnixPath to)
      throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList())
        layer.addEntry(
            file,
            to.resolve(from.relativize(file)),
            FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644"));
    }
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
