package dev.backingservice.image;

import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

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

  private static final Pattern PROVIDER = Pattern.compile("security\\.provider\\.[0-9]+=(\\w+)");

  /// Those of modules that are left out: java.smartcardio, java.xml.crypto, jdk.crypto.cryptoki,
  /// jdk.security.jgss.
  private static final Set<String> ELSEWHERE = Set.of("SunPCSC", "XMLDSig", "SunPKCS11", "JdkSASL");

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
    nameItsProviders(folder.resolve("conf/security/java.security"));
    return new JavaRuntime(folder);
  }

  /// Takes the security providers of other modules off the list: for one that is missing, the JDK
  /// makes every provider that it finds among the libraries, at each start.
  private static void nameItsProviders(Path file) throws IOException {
    var lines = new ArrayList<String>();
    int providers = 0;
    for (var line : Files.readAllLines(file)) {
      var provider = PROVIDER.matcher(line);
      if (!provider.matches()) lines.add(line);
      else if (!ELSEWHERE.contains(provider.group(1)))
        lines.add("security.provider.%d=%s".formatted(++providers, provider.group(1)));
    }
    Files.write(file, lines);
  }

  Path folder() {
    return folder;
  }

  Path java() {
    return folder.resolve("bin/java");
  }
}
