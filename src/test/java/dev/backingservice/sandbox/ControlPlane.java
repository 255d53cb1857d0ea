package dev.backingservice.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.api.UnknownValues;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// etcd, kube-apiserver and kube-controller-manager as processes on free loopback ports, with RBAC.
public final class ControlPlane implements AutoCloseable {
  private static final long READY_NANOS = 120_000_000_000L;
  private final Path bin;
  private final Path dir;
  private final Place place;
  private volatile boolean steady = true;
  private final int etcd = Ports.free();
  private final int peer = Ports.free();
  private final int api = Ports.free();
  private final int controllers = Ports.free();
  private final Deque<Process> processes = new ArrayDeque<>();
  private final Map<User, String> tokens = new EnumMap<>(User.class);
  private Process apiServer;

  /// Who talks to the API server.
  public enum User {
    Admin("admin", "system:masters"),
    Controllers("system:kube-controller-manager"),
    Operator(
        "system:serviceaccount:backing-service-operator:backing-service-operator",
        "system:serviceaccounts",
        "system:serviceaccounts:backing-service-operator"),
    Developer("developer"),
    Scheduler("system:kube-scheduler"),
    Proxy("system:kube-proxy"),
    Node("system:node:node", "system:nodes");

    private final String name;
    private final List<String> groups;

    User(String name, String... groups) {
      this.name = name;
      this.groups = List.of(groups);
    }
  }

  /// Where the API server listens.
  ///
  /// @param address of the machine
  /// @param services the range of the addresses of Services
  /// @param flags more of them
  public record Place(String address, String services, List<String> flags) {
    static final Place LOOPBACK =
        new Place(
            "127.0.0.1",
            "10.0.0.0/24",
            List.of("--endpoint-reconciler-type=none", "--authorization-mode=RBAC"));

    public Place {
      flags = List.copyOf(flags);
    }
  }

  private ControlPlane(Path bin, Path dir, Place place) {
    this.bin = bin;
    this.dir = dir;
    this.place = place;
    for (var user : User.values()) tokens.put(user, random());
  }

  /// Starts everything below `dir` and returns when it is ready.
  public static ControlPlane start(Path dir) throws Exception {
    return start(dir, Place.LOOPBACK);
  }

  /// The same in another place.
  public static ControlPlane start(Path dir, Place place) throws Exception {
    var bin = Path.of(Processes.lastLine(List.of("operator/sandbox/control-plane.sh")));
    var plane = new ControlPlane(bin, Files.createDirectories(dir.toAbsolutePath()), place);
    plane.prepare();
    plane.startEtcd();
    plane.startApiServer();
    plane.startControllers();
    return plane;
  }

  private void prepare() throws IOException, NoSuchAlgorithmException {
    var pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    pem("sa.key", "PRIVATE KEY", pair.getPrivate());
    pem("sa.pub", "PUBLIC KEY", pair.getPublic());
    Files.writeString(dir.resolve("audit-policy.yaml"), Audit.POLICY);
    var lines = new StringBuilder();
    for (var user : User.values())
      lines.append(
          "%s,%s,%d,\"%s\"\n"
              .formatted(
                  tokens.get(user), user.name, user.ordinal(), String.join(",", user.groups)));
    Files.writeString(dir.resolve("tokens.csv"), lines);
  }

  private void startEtcd() {
    var client = "http://127.0.0.1:" + etcd;
    var own = "http://127.0.0.1:" + peer;
    run(
        "etcd",
        "--data-dir=etcd",
        "--unsafe-no-fsync",
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + own,
        "--initial-advertise-peer-urls=" + own,
        "--initial-cluster=default=" + own);
  }

  /// Also after [#stopApiServer]: the state is in etcd.
  public void startApiServer() throws Exception {
    var flags =
        new ArrayList<>(
            List.of(
                "--etcd-servers=http://127.0.0.1:" + etcd,
                "--bind-address=" + place.address(),
                "--advertise-address=" + place.address(),
                "--secure-port=" + api,
                "--cert-dir=certs",
                "--token-auth-file=tokens.csv",
                "--service-account-key-file=sa.pub",
                "--service-account-signing-key-file=sa.key",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-cluster-ip-range=" + place.services(),
                "--audit-policy-file=audit-policy.yaml",
                "--audit-log-path=audit.log"));
    flags.addAll(place.flags());
    apiServer = run("kube-apiserver", flags.toArray(String[]::new));
    try (var admin = client(User.Admin)) {
      await("kube-apiserver", () -> "ok".equals(admin.raw("/readyz")));
    }
  }

  public void stopApiServer() {
    steady = false;
    processes.remove(apiServer);
    Processes.stop(apiServer, 0);
  }

  /// Whether the API server was never stopped: one that starts refuses everything until it has
  /// read who may do what.
  boolean steady() {
    return steady;
  }

  private void startControllers() throws Exception {
    run(
        "kube-controller-manager",
        "--kubeconfig=" + kubeconfigFile(User.Controllers),
        "--bind-address=127.0.0.1",
        "--secure-port=" + controllers,
        "--leader-elect=false",
        "--service-account-private-key-file=sa.key",
        "--root-ca-file=certs/apiserver.crt",
        "--use-service-account-credentials=true",
        "--authentication-skip-lookup");
    try (var admin = client(User.Admin)) {
      await(
          "kube-controller-manager",
          () -> admin.serviceAccounts().inNamespace("default").withName("default").get() != null);
    }
  }

  public KubernetesClient client(User user) {
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(
            new KubernetesSerialization(new ObjectMapper().addHandler(new UnknownValues()), true))
        .withConfig(config(user))
        .build();
  }

  private Config config(User user) {
    var ca = dir.resolve("certs/apiserver.crt");
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://%s:%d".formatted(place.address(), api))
        .withOauthToken(tokens.get(user))
        .withCaCertFile(Files.exists(ca) ? ca.toString() : null)
        .withTrustCerts(!Files.exists(ca))
        .withRequestRetryBackoffLimit(0)
        .build();
  }

  /// The same as a file.
  public Path kubeconfigFile(User user) throws IOException {
    return Files.writeString(dir.resolve(user + ".kubeconfig"), kubeconfig(user));
  }

  /// A kubeconfig for one user.
  public String kubeconfig(User user) {
    return """
        apiVersion: v1
        kind: Config
        clusters: [{name: sandbox, cluster: {server: "https://%s:%d", certificate-authority: "%s"}}]
        users: [{name: user, user: {token: "%s"}}]
        contexts: [{name: sandbox, context: {cluster: sandbox, user: user, namespace: default}}]
        current-context: sandbox
        """
        .formatted(place.address(), api, dir.resolve("certs/apiserver.crt"), tokens.get(user));
  }

  public Path folder() {
    return dir;
  }

  /// Where the API server listens.
  public URI address() {
    return URI.create("https://%s:%d".formatted(place.address(), api));
  }

  /// Trusts the API server's certificate, and no other one.
  public SSLContext trust() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (var file = Files.newInputStream(dir.resolve("certs/apiserver.crt"))) {
      int n = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(file))
        store.setCertificateEntry("" + n++, certificate);
    }
    var anchors = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    anchors.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, anchors.getTrustManagers(), null);
    return context;
  }

  public Path kubectl() {
    return bin.resolve("kubectl");
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly); // the last one started goes first
    processes.forEach(p -> p.onExit().join());
    processes.clear();
  }

  private Process run(String name, String... arguments) {
    var command = new ArrayList<String>(List.of(bin.resolve(name).toString()));
    command.addAll(List.of(arguments));
    var process = Processes.start(dir.resolve(name + ".log"), Map.of(), command);
    processes.push(process);
    return process;
  }

  private void await(String name, Callable<Boolean> ready) throws Exception {
    long end = System.nanoTime() + READY_NANOS;
    while (System.nanoTime() < end) {
      if (!processes.getFirst().isAlive())
        throw new IllegalStateException(name + " ended: see " + dir.resolve(name + ".log"));
      try {
        if (ready.call()) return;
      } catch (KubernetesClientException e) {
        // not yet
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(name + " did not get ready: see " + dir);
  }

  private static String random() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private void pem(String file, String type, Key key) throws IOException {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    Files.writeString(
        dir.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, body, type));
  }
}
