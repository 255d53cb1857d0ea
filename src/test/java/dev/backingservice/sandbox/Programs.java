package dev.backingservice.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The programs of a Debian system: this one, or another version of it in a folder.
///
/// @param root `/` for this one
record Programs(Path root) {
  /// Of this machine; a package that is missing is installed.
  static Programs here(String program, String debianPackage)
      throws IOException, InterruptedException {
    Processes.run(List.of("operator/sandbox/packages.sh", program + "=" + debianPackage));
    return new Programs(Path.of("/"));
  }

  /// Of another version, made once.
  static Programs of(String suite, String debianPackage) throws IOException, InterruptedException {
    return new Programs(
        Path.of(
            Processes.lastLine(List.of("operator/sandbox/debian-root.sh", suite, debianPackage))));
  }

  boolean foreign() {
    return !root.equals(Path.of("/"));
  }

  /// How a program is started: those of another system by that system's own loader.
  List<String> start(String program) {
    var command = new ArrayList<String>();
    if (foreign())
      command.addAll(
          List.of(
              root.resolve("lib64/ld-linux-x86-64.so.2").toString(),
              "--library-path",
              root.resolve("usr/lib/x86_64-linux-gnu")
                  + ":"
                  + root.resolve("usr/lib/mysql/private")));
    command.add(root.resolve(program).toString());
    return command;
  }

  Path resolve(String path) {
    return root.resolve(path);
  }
}
