package dev.backingservice.cluster;

import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The container runtime of the node: containerd, runc and the bridge that pods are plugged into.
final class Containers implements AutoCloseable {
  static final String BRIDGE = "backing0";
  static final String PAUSE = "pause:sandbox";
  static final String HUB = "docker.io/library/";

  /// Nothing listens there: an image that is missing fails at once instead of being looked for
  /// outside.
  private static final String NOWHERE = "http://127.0.0.1:9";

  private final Path dir;
  private final Process process;

  private Containers(Path dir, Process process) {
    this.dir = dir;
    this.process = process;
  }

  static Containers start(Path dir, String address, String pods) throws Exception {
    Files.writeString(dir.resolve("containerd.toml"), config(dir));
    var plugins = Files.createDirectories(dir.resolve("cni"));
    Files.writeString(plugins.resolve("10-bridge.conflist"), network(dir, address, pods));
    var process =
        Processes.start(
            dir.resolve("containerd.log"),
            Map.of(
                "HTTP_PROXY", NOWHERE, "HTTPS_PROXY", NOWHERE, "NO_PROXY", "127.0.0.1," + address),
            List.of("containerd", "--config", dir.resolve("containerd.toml").toString()));
    var containers = new Containers(dir, process);
    Waiting.until("containerd is ready", () -> Files.exists(socket(dir)) && containers.answers());
    return containers;
  }

  private boolean answers() throws IOException, InterruptedException {
    try {
      Processes.run(ctr("version"));
      return true;
    } catch (IllegalStateException notYet) {
      return false;
    }
  }

  /// Makes an image known under the name by which a kubelet asks for one that names no registry.
  void load(Path archive, String name) throws Exception {
    Processes.run(ctr("--namespace", "k8s.io", "images", "import", archive.toString()));
    Processes.run(ctr("--namespace", "k8s.io", "images", "tag", name, HUB + name));
  }

  private List<String> ctr(String... arguments) {
    var command = new ArrayList<>(List.of("ctr", "--address", socket(dir).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  static Path socket(Path dir) {
    return dir.resolve("containerd.sock");
  }

  private static String config(Path dir) {
    return """
        version = 2
        root = "%1$s/containerd"
        state = "/run/containerd/state"
        oom_score = 0
        disabled_plugins = [
          "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
          "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
          "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
        [grpc]
          address = "%2$s"
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "%3$s"
          restrict_oom_score_adj = true
          disable_apparmor = true
          stream_server_address = "127.0.0.1"
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/usr/lib/cni"
            conf_dir = "%1$s/cni"
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "overlayfs"
            default_runtime_name = "runc"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                SystemdCgroup = false
        """
        .formatted(dir, socket(dir), HUB + PAUSE);
  }

  private static String network(Path dir, String address, String pods) {
    return """
        {"cniVersion": "1.0.0", "name": "pods", "plugins": [
          {"type": "bridge", "bridge": "%s", "isGateway": true, "ipMasq": false, "hairpinMode": true,
           "ipam": {"type": "host-local", "dataDir": "%s/addresses",
             "ranges": [[{"subnet": "%s", "gateway": "%s"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
          {"type": "portmap", "capabilities": {"portMappings": true}}]}
        """
        .formatted(BRIDGE, dir, pods, address);
  }

  @Override
  public void close() {
    Processes.stop(process, 5);
  }
}
