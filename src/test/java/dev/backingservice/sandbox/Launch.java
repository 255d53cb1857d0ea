package dev.backingservice.sandbox;

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
  private static final List<String> FLAGS =
      List.of(
          "-Xms16m",
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:TieredStopAtLevel=1");

  public Launch {
    flags = List.copyOf(flags);
  }

  /// The operator as packaged, on the JDK of this process.
  public static Launch packaged() {
    return new Launch(
        Path.of(System.getProperty("java.home"), "bin", "java"), FLAGS, PACKAGED.toAbsolutePath());
  }

  public Launch with(String flag) {
    var more = new ArrayList<>(flags);
    more.add(flag);
    return new Launch(java, more, jar);
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
