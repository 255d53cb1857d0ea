package dev.backingservice.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// `make image ARCH=arm64` on a machine of amd64, and the other way round: what it makes runs in an
/// emulator.
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("target/image") // one build after another
class OtherArchitectureIT {
  /// `e_machine` of the ELF header (System V ABI, supplements for AMD64 and AArch64).
  private static final Map<Architecture, Integer> MACHINES =
      Map.of(Architecture.amd64, 62, Architecture.arm64, 183);

  private static final Architecture OTHER =
      Architecture.here() == Architecture.arm64 ? Architecture.amd64 : Architecture.arm64;

  @TempDir private static Path folder;
  private static Target target;
  private static Path root;

  @BeforeAll
  static void build() throws Exception {
    target = Target.of(OTHER);
    root = Image.build(new Destination.Archive(folder.resolve("image.tar")), target);
  }

  @Test
  void everyProgramAndLibraryIsOfThatArchitecture() throws Exception {
    var machines = new ArrayList<Integer>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        if (file.startsWith(root.resolve("app"))) continue;
        var head = head(file);
        if (head.getInt(0) == 0x464c457f) machines.add((int) head.getShort(18));
      }
    }
    assertThat(machines).hasSizeGreaterThan(20).containsOnly(MACHINES.get(OTHER));
  }

  @Test
  void itsConfigurationAndItsBillOfMaterialsNameIt() throws Exception {
    // When
    var bill = folder.resolve("bill.json");
    BillOfMaterials.write(root, target, bill);
    var index =
        Processes.run(List.of("tar", "-xOf", folder.resolve("image.tar").toString(), "index.json"));
    var manifest = blob(index.replaceAll("(?s).*\"digest\":\"sha256:([0-9a-f]+)\".*", "$1"));
    var config =
        blob(
            manifest.replaceAll("(?s)^.*?\"config\":.*?\"digest\":\"sha256:([0-9a-f]+)\".*", "$1"));

    // Then
    var described = new ObjectMapper().readTree(config);
    assertThat(described.at("/architecture").asText()).isEqualTo(OTHER.name());
    assertThat(described.at("/config/Entrypoint").toString()).doesNotContain("AOTCache");
    assertThat(new ObjectMapper().readTree(bill.toFile()).findValuesAsText("purl"))
        .anyMatch(
            purl -> purl.matches("pkg:deb/debian/libc6@[^?]+\\?arch=" + OTHER + "&distro=.+"));
  }

  /// With the image's libraries; `make image` starts the whole operator so, which takes minutes.
  @Test
  void itsRuntimeStartsInAnEmulator() throws Exception {
    var java = new Emulation(target, root).java();
    assertThat(Processes.run(List.of(java.toString(), "-XshowSettings:system", "-version")))
        .contains("openjdk version \"25");
  }

  private static String blob(String digest) throws IOException, InterruptedException {
    return Processes.run(
        List.of("tar", "-xOf", folder.resolve("image.tar").toString(), "blobs/sha256/" + digest));
  }

  private static ByteBuffer head(Path file) throws IOException {
    var bytes = new byte[20];
    try (var in = Files.newInputStream(file)) {
      in.readNBytes(bytes, 0, bytes.length);
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
