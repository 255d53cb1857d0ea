package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The classes of the packaged operator, parsed and verified (class data sharing of the JVM): an
/// operator that starts with them takes half the processor's time until it asks the API server, and
/// a test run starts a hundred of them. The image has an archive of its own.
final class ClassArchive {
  private static final Path ARCHIVE = Path.of("target/operator.jsa").toAbsolutePath();
  private static final String NOWHERE =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:9"}}]
      contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
      current-context: nowhere
      users: [{name: nobody, user: {token: none}}]
      """;

  private ClassArchive() {}

  /// The flag that names the archive, which is made when it is missing or older than the jar.
  ///
  /// @param command what starts the operator, without the archive
  static synchronized String flag(Path jar, List<String> command) throws Exception {
    if (!Files.exists(ARCHIVE) || modified(ARCHIVE).compareTo(modified(jar)) < 0) make(command);
    return "-XX:SharedArchiveFile=" + ARCHIVE;
  }

  private static FileTime modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  /// An operator that finds no API server stops when it is asked to, and leaves the archive.
  private static void make(List<String> command) throws Exception {
    var folder = Files.createTempDirectory(ARCHIVE.getParent(), "archive");
    var made = folder.resolve("made");
    var log = folder.resolve("log");
    var kubeconfig = Files.writeString(folder.resolve("kubeconfig"), NOWHERE);
    var training = new ArrayList<>(command);
    training.add(1, "-XX:ArchiveClassesAtExit=" + made);
    var settings =
        Map.of(
            "KUBECONFIG", kubeconfig.toString(),
            "QUARKUS_HTTP_PORT", Integer.toString(Ports.free()),
            "QUARKUS_HTTP_HOST", "127.0.0.1");
    var operator = Processes.start(log, settings, training);
    try {
      Waiting.until("the operator misses its API server", Duration.ofMinutes(2), () -> waits(log));
    } finally {
      Processes.stop(operator, 60);
    }
    Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
    for (var file : List.of(log, kubeconfig, folder)) Files.delete(file);
  }

  private static boolean waits(Path log) throws IOException {
    return Files.readString(log).contains("waiting for the API server");
  }
}
