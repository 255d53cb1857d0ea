package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The classes of the packaged operator, parsed and verified (class data sharing of the JVM): an
/// operator that starts with them takes half the processor's time until it asks the API server, and
/// a test run starts a hundred of them. The image has an archive of its own.
final class ClassArchive {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  /// Long enough to write the archive on a busy machine.
  private static final int STOPPING_SECONDS = 120;

  private static final String NOWHERE =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:9"}}]
      contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
      current-context: nowhere
      users: [{name: nobody, user: {token: none}}]
      """;

  private static boolean failed;

  private ClassArchive() {}

  /// The flag that names the archive, which is made when it is missing or older than the jar. An
  /// operator starts without it as well.
  ///
  /// @param command what starts the operator, without the archive
  static synchronized List<String> flags(Path jar, List<String> command) throws IOException {
    if (failed) return List.of();
    var archive = TARGET.resolve("operator-%08x.jsa".formatted(key(command)));
    if (!Files.exists(archive) || modified(archive).compareTo(modified(jar)) < 0) {
      failed = !made(archive, command);
      if (failed) return List.of();
    }
    return List.of("-XX:SharedArchiveFile=" + archive);
  }

  /// An archive is of one JVM and its flags.
  private static int key(List<String> command) {
    return (command + System.getProperty("java.vm.version")).hashCode();
  }

  private static FileTime modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file);
  }

  private static boolean made(Path archive, List<String> command) throws IOException {
    var folder = Files.createTempDirectory(TARGET, "archive");
    try {
      var made = train(folder, command);
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (Exception e) {
      System.err.println("operators start without an archive of their classes: " + e);
      return false;
    } finally {
      Folders.delete(folder);
    }
  }

  /// An operator that finds no API server stops when it is asked to, and leaves the archive.
  private static Path train(Path folder, List<String> command) throws Exception {
    var made = folder.resolve("made");
    var log = folder.resolve("log");
    var training = new ArrayList<>(command);
    training.add(1, "-XX:ArchiveClassesAtExit=" + made);
    var settings =
        Map.of(
            "KUBECONFIG", Files.writeString(folder.resolve("kubeconfig"), NOWHERE).toString(),
            "QUARKUS_HTTP_PORT", Integer.toString(Ports.free()),
            "QUARKUS_HTTP_HOST", "127.0.0.1");
    var operator = Processes.start(log, settings, training);
    try {
      Waiting.until("the operator misses its API server", () -> !operator.isAlive() || waits(log));
    } finally {
      Processes.stop(operator, STOPPING_SECONDS);
    }
    return made;
  }

  private static boolean waits(Path log) throws IOException {
    return Files.readString(log).contains("waiting for the API server");
  }
}
