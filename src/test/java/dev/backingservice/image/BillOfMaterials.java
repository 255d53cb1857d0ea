package dev.backingservice.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// What is in the image, as CycloneDX 1.6 (ECMA-424): the libraries that Maven's plugin has
// written down, and beside
/// them the Java runtime and the system's libraries.
final class BillOfMaterials {
  static final Path FILE = Path.of("target/backing-service-operator.cdx.json");
  private static final Path LIBRARIES = Path.of("target/libraries.cdx.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private BillOfMaterials() {}

  static void write(Path root) throws IOException, NoSuchAlgorithmException, InterruptedException {
    var bill = (ObjectNode) JSON.readTree(LIBRARIES.toFile());
    var components = bill.withArray("/components");
    components.add(runtime());
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList())
        if (root.relativize(file).toString().matches("(usr/)?lib.*"))
          components.add(system(root, file));
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(FILE.toFile(), bill);
  }

  private static ObjectNode runtime() {
    return component("platform", "java-runtime")
        .put("version", Runtime.version().toString())
        .put("publisher", System.getProperty("java.vendor"));
  }

  /// A file of the system; with the package that it is from where the system can tell.
  private static ObjectNode system(Path root, Path file)
      throws IOException, NoSuchAlgorithmException, InterruptedException {
    var path = "/" + root.relativize(file);
    var component = component("library", path);
    var hash = JSON.createObjectNode().put("alg", "SHA-256").put("content", sha256(file));
    component.putArray("hashes").add(hash);
    var owner = owner(path);
    if (!owner.isEmpty()) {
      var words = owner.split(" ");
      component.put("version", words[1]);
      component.put("purl", "pkg:deb/%s@%s".formatted(words[0], words[1]));
    }
    return component;
  }

  /// Name and version of the package of a file; empty when nobody knows.
  private static String owner(String path) throws IOException, InterruptedException {
    var ask =
        """
        for f in "$1" "$(readlink -f "$1")" "/usr$1"; do
          owner=$(dpkg-query -S "$f" 2>/dev/null) && break
        done
        [ -n "$owner" ] && . /etc/os-release && dpkg-query -W -f "$ID/\\${Package} \\${Version}" "${owner%%: *}" """;
    try {
      return Processes.run(List.of("sh", "-c", ask, "sh", path)).strip();
    } catch (IllegalStateException e) {
      return "";
    }
  }

  private static ObjectNode component(String type, String name) {
    return JSON.createObjectNode().put("type", type).put("bom-ref", name).put("name", name);
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
