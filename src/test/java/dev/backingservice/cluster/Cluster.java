package dev.backingservice.cluster;

import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Processes;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// A control plane, one node, its network and its name server. Runs inside
/// `operator/sandbox/cluster.sh` only: it takes the network of its namespace for itself.
final class Cluster implements AutoCloseable {
  /// Of the node, and of everything on it that is no pod.
  static final String ADDRESS = "10.244.0.1";

  private static final String PODS = "10.244.0.0/24";
  private static final String SERVICES = "10.96.0.0/16";
  private static final String NODE = "node";
  private final Path dir;
  private final Path bin;
  private final Containers containers;
  private final ControlPlane plane;
  private final Deque<Process> processes = new ArrayDeque<>();

  private Cluster(Path dir, Path bin, Containers containers, ControlPlane plane) {
    this.dir = dir;
    this.bin = bin;
    this.containers = containers;
    this.plane = plane;
  }

  /// Starts everything and returns when the node is ready.
  static Cluster start() throws Exception {
    var name = System.getenv("BACKING_CLUSTER");
    if (name == null)
      throw new IllegalStateException("start this through operator/sandbox/cluster.sh");
    var dir = Path.of("/tmp", name);
    var bin = Path.of(Processes.lastLine(List.of("operator/sandbox/control-plane.sh", "node")));
    network();
    var containers = Containers.start(Files.createDirectories(dir.resolve("node")), ADDRESS, PODS);
    var plane = ControlPlane.start(dir.resolve("control-plane"), place(dir));
    var cluster = new Cluster(dir.resolve("node"), bin, containers, plane);
    cluster.join();
    return cluster;
  }

  /// Everything hangs on one bridge; addresses of Services that are not translated die on it.
  private static void network() throws Exception {
    for (var command :
        List.of(
            "ip link add %s type bridge".formatted(Containers.BRIDGE),
            "ip addr add %s/24 dev %s".formatted(ADDRESS, Containers.BRIDGE),
            "ip link set %s up".formatted(Containers.BRIDGE),
            "ip route add %s dev %s src %s".formatted(SERVICES, Containers.BRIDGE, ADDRESS)))
      Processes.run(List.of(command.split(" ")));
    Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
  }

  private static ControlPlane.Place place(Path dir) throws IOException {
    var client = Files.createDirectories(dir.resolve("kubelet-client"));
    var pki = new Pki();
    pki.issue(client, "kube-apiserver");
    Files.writeString(client.resolve("ca.crt"), pki.anchor());
    return new ControlPlane.Place(
        ADDRESS,
        SERVICES,
        List.of(
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged",
            "--endpoint-reconciler-type=lease",
            "--kubelet-client-certificate=" + client.resolve("server.crt"),
            "--kubelet-client-key=" + client.resolve("server.key"),
            "--kubelet-preferred-address-types=InternalIP"));
  }

  private void join() throws Exception {
    Files.writeString(
        dir.resolve("kubelet.yaml"),
        NodeConfig.kubelet(dir, ADDRESS, "/" + System.getenv("BACKING_CLUSTER")));
    Files.writeString(
        dir.resolve("proxy.yaml"),
        NodeConfig.proxy(plane.kubeconfigFile(ControlPlane.User.Proxy), ADDRESS, PODS));
    Files.writeString(dir.resolve("Corefile"), NodeConfig.names(kubeconfig(), ADDRESS));
    run(
        bin.resolve("kube-scheduler"),
        "--kubeconfig=" + plane.kubeconfigFile(ControlPlane.User.Scheduler),
        "--bind-address=127.0.0.1",
        "--authentication-skip-lookup",
        "--leader-elect=false");
    try (var client = client()) {
      letTheApiServerAskTheNode(client);
      run(
          bin.resolve("kubelet"),
          "--config=kubelet.yaml",
          "--kubeconfig=" + plane.kubeconfigFile(ControlPlane.User.Node),
          "--hostname-override=" + NODE,
          "--node-ip=" + ADDRESS,
          "--root-dir=" + dir.resolve("kubelet"),
          "--cert-dir=" + dir.resolve("kubelet/pki"));
      run(bin.resolve("kube-proxy"), "--config=proxy.yaml");
      run(Path.of(Processes.lastLine(List.of("operator/sandbox/coredns.sh"))), "-conf", "Corefile");
      Waiting.until("the node is ready", () -> ready(client.nodes().withName(NODE).get()));
    }
  }

  private static void letTheApiServerAskTheNode(KubernetesClient client) {
    client
        .resource(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: kubelet-api}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:kubelet-api-admin"}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: kube-apiserver}]
            """)
        .serverSideApply();
  }

  private static boolean ready(Node node) {
    return node != null
        && node.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private void run(Path program, String... arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    processes.push(Processes.start(dir.resolve(program.getFileName() + ".log"), Map.of(), command));
  }

  /// Makes an image known to the node; it is never pulled.
  void load(Path archive, String name) throws Exception {
    containers.load(archive, name);
  }

  /// Where it keeps everything; `operator/sandbox/cluster.sh` removes it.
  Path folder() {
    return dir;
  }

  KubernetesClient client() {
    return plane.client(ControlPlane.User.Admin);
  }

  Path kubectl() {
    return plane.kubectl();
  }

  /// The administrator's, as a file.
  Path kubeconfig() throws IOException {
    return plane.kubeconfigFile(ControlPlane.User.Admin);
  }

  /// What is left goes with the namespaces.
  @Override
  public void close() {
    processes.forEach(process -> Processes.stop(process, 0));
    plane.close();
    containers.close();
  }
}
