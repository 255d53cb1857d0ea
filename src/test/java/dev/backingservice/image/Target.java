package dev.backingservice.image;

import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The machines that an image is for.
///
/// @param root of the system whose libraries the image holds: this machine's, or one in the cache
/// @param jdk whose modules the image holds
record Target(Architecture architecture, Path root, Path jdk) {
  /// Machines like this one, with the JDK of this process.
  static Target here() {
    return new Target(Architecture.here(), Path.of("/"), Path.of(System.getProperty("java.home")));
  }

  /// Machines of an architecture; for another one than this machine's, a Debian system of it is
  /// loaded, and its programs run in an emulator.
  ///
  /// @throws IllegalStateException when there is none
  static Target of(Architecture architecture) throws IOException, InterruptedException {
    if (architecture == Architecture.here()) return here();
    var script = List.of("operator/sandbox/foreign-root.sh", architecture.name());
    var root = Path.of(Processes.lastLine(script));
    return new Target(
        architecture, root, root.resolve("usr/lib/jvm/java-25-openjdk-" + architecture));
  }

  boolean emulated() {
    return architecture != Architecture.here();
  }

  /// The libraries of the system that a program or a library loads, by their paths in the system.
  List<String> libraries(Path program) throws IOException, InterruptedException {
    var prefix = emulated() ? root.toString() : "";
    return Processes.run(ldd(program.toString()))
        .lines()
        .map(line -> line.replaceAll(".*=> ", "").strip().split(" ")[0])
        .map(path -> path.startsWith(prefix) ? path.substring(prefix.length()) : path)
        .filter(path -> path.startsWith("/"))
        .toList();
  }

  /// As ldd(1) does it.
  private List<String> ldd(String program) {
    if (!emulated()) return List.of("ldd", program);
    return List.of(
        architecture.emulator(),
        "-E",
        "LD_TRACE_LOADED_OBJECTS=1",
        "-L",
        root.toString(),
        root.resolve(architecture.loader()).toString(),
        program);
  }

  /// The file of this machine that a path of the system names.
  Path file(String path) {
    return root.resolve(path.substring(1));
  }

  /// What the JDK says of itself in its file `release`.
  String release(String key) throws IOException {
    try (var lines = Files.lines(jdk.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith(key + "="))
          .map(line -> line.substring(key.length() + 1).replace("\"", ""))
          .findFirst()
          .orElse("");
    }
  }
}
