package dev.backingservice.image;

import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A Java runtime of the modules that the operator needs.
final class JavaRuntime {
  private static final String MODULES =
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

  /// Links it into a folder that is not there yet, of the modules of the target's JDK.
  static JavaRuntime link(Path folder, Target target) throws IOException, InterruptedException {
    var jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
    Processes.run(
        List.of(
            jlink.toString(),
            "--module-path",
            target.jdk().resolve("jmods").toString(),
            "--add-modules",
            MODULES,
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--exclude-files=**.debuginfo",
            "--output",
            folder.toString()));
    return new JavaRuntime(folder);
  }

  Path folder() {
    return folder;
  }

  Path java() {
    return folder.resolve("bin/java");
  }
}
