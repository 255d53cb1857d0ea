package dev.backingservice.image;

import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Runs what an image for another architecture holds, with the image's libraries and no others.
final class Emulation {
  /// An emulated start takes two to three minutes.
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Target target;
  private final Path root;

  /// @param root what the image holds
  Emulation(Target target, Path root) {
    this.target = target;
    this.root = root;
  }

  /// Starts the operator on a sandbox and waits until it leads.
  void startOperator() throws Exception {
    var flags = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    long began = System.nanoTime();
    try (var sandbox = Sandbox.start()) {
      sandbox.startOperator(
          Map.of(), new Launch(java(), flags, root.resolve("app/quarkus-run.jar")));
      Waiting.until("started", PATIENCE, () -> sandbox.operator().log().contains("started in"));
      if (!sandbox.operator().get("/q/health/live").contains("UP"))
        throw new IllegalStateException(sandbox.operator().log());
    }
    System.out.printf(
        "start to leading in an emulator: %d s%n",
        Duration.ofNanos(System.nanoTime() - began).toSeconds());
  }

  /// A program that runs the image's `java`.
  Path java() throws IOException {
    var script = root.resolveSibling("java-" + target.architecture());
    var text =
        "#!/bin/sh\nexec %s -L %s %s \"$@\"\n"
            .formatted(target.architecture().emulator(), root, root.resolve("runtime/bin/java"));
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }
}
