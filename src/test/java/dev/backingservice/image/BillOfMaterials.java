package dev.backingservice.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is in the image, as CycloneDX 1.6 (ECMA-424): the libraries that Maven's plugin has
/// written down, and beside them the Java runtime and the system's libraries.
final class BillOfMaterials {
  private static final Path LIBRARIES = Path.of("target/libraries.cdx.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  private BillOfMaterials() {}

  /// @param root what the image holds
  static void write(Path root, Target target, Path into)
      throws IOException, NoSuchAlgorithmException, InterruptedException {
    var bill = (ObjectNode) JSON.readTree(LIBRARIES.toFile());
    var components = bill.withArray("/components");
    components.add(runtime(target));
    packages(root, target).forEach((owner, files) -> components.add(system(owner, files)));
    JSON.writerWithDefaultPrettyPrinter().writeValue(into.toFile(), bill);
  }

  private static ObjectNode runtime(Target target) throws IOException {
    return component("platform", "java-runtime")
        .put("version", target.release("JAVA_RUNTIME_VERSION"))
        .put("publisher", target.release("IMPLEMENTOR"));
  }

  /// The system's files by the package that they are from; by nobody where the system cannot tell.
  private static Map<Owner, List<ObjectNode>> packages(Path root, Target target)
      throws IOException, NoSuchAlgorithmException, InterruptedException {
    var packages = new TreeMap<Owner, List<ObjectNode>>(Comparator.comparing(Owner::name));
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        var path = "/" + root.relativize(file);
        if (path.matches("/(usr/)?lib.*"))
          packages
              .computeIfAbsent(owner(path, target), _ -> new ArrayList<>())
              .add(file(path, file));
      }
    }
    return packages;
  }

  private static ObjectNode file(String path, Path file)
      throws IOException, NoSuchAlgorithmException {
    var component = component("file", path);
    component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256(file));
    return component;
  }

  private static ObjectNode system(Owner owner, List<ObjectNode> files) {
    var component = component("library", owner.name);
    if (!owner.version.isEmpty()) component.put("version", owner.version).put("purl", owner.purl());
    component.putArray("components").addAll(files);
    return component;
  }

  /// A package of the system.
  ///
  /// @param distribution as `ID` and `VERSION_ID` of os-release(5)
  record Owner(String name, String version, String architecture, String id, String distribution) {
    static final Owner NOBODY = new Owner("system", "", "", "", "");

    /// Package URL of type `deb` (purl-spec).
    String purl() {
      return "pkg:deb/%s/%s@%s?arch=%s&distro=%s-%s"
          .formatted(id, encoded(name), encoded(version), architecture, id, distribution);
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  private static Owner owner(String path, Target target) throws IOException, InterruptedException {
    var ask =
        """
        system=$(readlink -f "$2")
        [ "$system" != / ] || system=
        real=$(readlink -f "$system$1")
        query() { dpkg-query --admindir="$system/var/lib/dpkg" "$@"; }
        for f in "$1" "${real#"$system"}" "/usr$1"; do
          owner=$(query -S "$f" 2>/dev/null) && break
        done
        [ -n "$owner" ] && . "$system/etc/os-release" \\
          && query -W -f "\\${Package} \\${Version} \\${Architecture} $ID $VERSION_ID" "${owner%%: *}" """;
    try {
      var words =
          Processes.run(List.of("sh", "-c", ask, "sh", path, target.root().toString()))
              .strip()
              .split(" ");
      return new Owner(words[0], words[1], words[2], words[3], words[4]);
    } catch (IllegalStateException | ArrayIndexOutOfBoundsException e) {
      return Owner.NOBODY;
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
