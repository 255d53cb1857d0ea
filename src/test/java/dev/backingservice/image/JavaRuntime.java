package dev.backingservice.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A Java runtime of the modules that the operator needs, and the libraries of the system that it
// needs
/// itself.
final class JavaRuntime {
  static final String MODULES =
      String.join(
          ",",
          "java.base",
          "java.compiler",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.rmi",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.transaction.xa",
          "java.xml",
          "jdk.crypto.ec",
          "jdk.jfr",
          "jdk.management",
          "jdk.net",
          "jdk.unsupported",
          "jdk.zipfs");

  private final Path folder;

  private JavaRuntime(Path folder) {
    this.folder = folder;
  }

  /// Links it into a folder that is made anew.
  static JavaRuntime link(Path folder) throws IOException, InterruptedException {
    delete(folder);
    var jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    run(
        List.of(
            jlink.toString(),
            "--add-modules",
            MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            folder.toString()));
    age(folder);
    return new JavaRuntime(folder);
  }

  Path folder() {
    return folder;
  }

  Path java() {
    return folder.resolve("bin/java");
  }

  /// The system's own libraries that its programs load, by the path where the loader looks for
  // them.
  List<Path> libraries() throws IOException, InterruptedException {
    var found = new TreeSet<Path>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(JavaRuntime::loadsLibraries).toList())
        output(List.of("ldd", file.toString()))
            .lines()
            .map(line -> line.replaceAll(".*=> ", "").strip().split(" ")[0])
            .filter(path -> path.startsWith("/") && !path.startsWith(folder.toString()))
            .map(Path::of)
            .filter(Files::exists)
            .forEach(found::add);
    }
    return List.copyOf(found);
  }

  private static boolean loadsLibraries(Path file) {
    var name = file.getFileName().toString();
    return name.equals("java") || name.endsWith(".so");
  }

  /// Gives every file the time that it has in the image: an ahead-of-time cache is refused by files
  // of
  /// another time than it was trained with.
  static void age(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.toList())
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) return;
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).inheritIO().start();
    if (process.waitFor() != 0)
      throw new IllegalStateException(
          command.stream().limit(1).collect(Collectors.joining()) + " failed");
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return said;
  }
}
