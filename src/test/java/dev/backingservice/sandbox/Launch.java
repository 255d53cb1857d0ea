package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What starts the operator.
///
/// @param java the program
/// @param flags of the JVM
/// @param jar `quarkus-run.jar`
public record Launch(Path java, List<String> flags, Path jar) {
  private static final Path PACKAGED = Path.of("target/quarkus-app/quarkus-run.jar");

  /// How the operator is started, but for its heap.
  public static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          // code by the second compiler costs a small machine more than it gives
          "-XX:TieredStopAtLevel=1",
          "-Xss512k",
          // a heap that keeps little more than what it needs: the container pays for the rest
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=35",
          // a process that lacks memory would lead and not act
          "-XX:+ExitOnOutOfMemoryError");

  private static final List<String> HEAP = List.of("-Xms16m", "-Xmx256m");

  public Launch {
    flags = List.copyOf(flags);
  }

  /// The operator as packaged, on the JDK of this process.
  public static Launch packaged() {
    return of(Path.of(System.getProperty("java.home"), "bin", "java"), PACKAGED.toAbsolutePath());
  }

  /// With the flags of the image, and the heap of a sandbox.
  public static Launch of(Path java, Path jar) {
    return new Launch(java, HEAP, jar).with(FLAGS);
  }

  /// Starting with the classes that an earlier process has read.
  Launch archived() throws IOException {
    return with(ClassArchive.flags(jar, command()));
  }

  public Launch with(String flag) {
    return with(List.of(flag));
  }

  private Launch with(List<String> more) {
    var all = new ArrayList<>(flags);
    all.addAll(more);
    return new Launch(java, all, jar);
  }

  List<String> command() {
    if (!Files.exists(jar))
      throw new IllegalStateException(jar + " is missing: build it with make package");
    var command = new ArrayList<String>();
    command.add(java.toString());
    command.addAll(flags);
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }
}
