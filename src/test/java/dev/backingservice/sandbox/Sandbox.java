package dev.backingservice.sandbox;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A control plane, servers and the operator, together. Whatever was started is stopped by
/// [#close].
public final class Sandbox extends Kubectl implements AutoCloseable {
  /// Whether `BACKING_KEEP` asks to leave folders behind, to be looked at.
  static final boolean KEPT = System.getenv("BACKING_KEEP") != null;

  private static final String UNUSED = "{\"status\":{\"attached\":0}}";
  private static final String NO_FINALIZERS = "{\"metadata\":{\"finalizers\":null}}";
  private final Path dir;
  private final ControlPlane plane;
  private final Pki pki = new Pki();
  private final Map<String, Postgres> servers = new LinkedHashMap<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<OperatorProcess> formerly = new ArrayList<>();
  private Map<String, String> settings = Map.of();
  private Launch launch = Launch.packaged();
  private volatile OperatorProcess operator;

  private Sandbox(Path dir, ControlPlane plane) {
    super(plane.client(ControlPlane.User.Admin), plane.client(ControlPlane.User.Developer));
    this.dir = dir;
    this.plane = plane;
  }

  /// A control plane with our CRDs and the shipped rights, nothing else.
  public static Sandbox start() throws Exception {
    var dir = Files.createTempDirectory("backing-sandbox-");
    var sandbox = new Sandbox(dir, ControlPlane.start(dir.resolve("control-plane")));
    sandbox.install();
    return sandbox;
  }

  private void install() throws IOException, InterruptedException {
    for (var file : List.of("crds/backingservers.yaml", "crds/backingservices.yaml"))
      apply(Files.readString(Path.of(file)));
    if (Boolean.getBoolean("backing.chart")) installRightsOfTheChart();
    else
      for (var file :
          List.of(
              "operator/rbac/operator.yaml", "operator/rbac/users.yaml", "operator/policy.yaml"))
        apply(Files.readString(Path.of(file)));
    for (var crd : List.of("backingservers", "backingservices"))
      admin()
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName(crd + ".backingservice.dev")
          .waitUntilCondition(Sandbox::established, 30, TimeUnit.SECONDS);
  }

  /// Tests run under what helm installs; demo and sandbox need no helm.
  private void installRightsOfTheChart() throws IOException, InterruptedException {
    apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}".formatted(NAMESPACE));
    var command =
        new ArrayList<>(
            List.of(
                Processes.lastLine(List.of("operator/sandbox/helm.sh")), "template", NAMESPACE));
    command.addAll(List.of("helm/backing-service-operator", "--namespace", NAMESPACE));
    for (var part : List.of("serviceaccount", "rbac", "users", "policy"))
      command.addAll(List.of("--show-only", "templates/%s.yaml".formatted(part)));
    apply(Processes.run(command));
  }

  private static boolean established(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  /// Starts the operator; settings are environment variables.
  public OperatorProcess startOperator(Map<String, String> settings) throws IOException {
    return startOperator(settings, Launch.packaged().archived());
  }

  /// The same, started in another way.
  public OperatorProcess startOperator(Map<String, String> settings, Launch launch)
      throws IOException {
    if (operator != null) formerly.add(operator);
    this.settings = Map.copyOf(settings);
    this.launch = launch;
    operator = OperatorProcess.start(plane, settings, launch);
    return operator;
  }

  /// Kills the operator and starts another with the same settings, as if the lease of the dead
  /// one had run out.
  public synchronized void crash() {
    operator.kill();
    admin().leases().inNamespace(NAMESPACE).withName("backing-service-operator").delete();
    try {
      startOperator(settings, launch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public OperatorProcess operator() {
    return operator;
  }

  /// A server that is running, and a BackingServer for it that admits every namespace.
  public Postgres server(String name, int major) {
    var postgres = database(name, major);
    register(name, postgres.port());
    return postgres;
  }

  /// A server that is running, with the Secrets a BackingServer for it needs.
  public Postgres database(String name, int major) {
    var postgres = Postgres.start(name, major, dir, pki);
    servers.put(name, postgres);
    credentials(name);
    return postgres;
  }

  /// A standby of a server that is no BackingServer: nobody looks at it before it takes a name
  /// over.
  public Postgres unregisteredStandby(Postgres of, String name) throws Exception {
    var postgres = Postgres.standbyOf(of, name, dir);
    servers.put(name, postgres);
    return postgres;
  }

  /// A standby of a server, registered under a name of its own.
  public Postgres standby(Postgres of, String name) throws Exception {
    var postgres = Postgres.standbyOf(of, name, dir);
    servers.put(name, postgres);
    register(name, postgres.port());
    return postgres;
  }

  /// A standby of a server, registered as one whose accounts `primary` keeps.
  public Postgres standbyOf(Postgres of, String name, String primary) throws Exception {
    var postgres = Postgres.standbyOf(of, name, dir);
    servers.put(name, postgres);
    registerStandby(name, postgres.port(), primary);
    return postgres;
  }

  /// A BackingServer for a standby whose accounts `primary` keeps.
  public void registerStandby(String name, int port, String primary) {
    credentials(name);
    apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: 127.0.0.1
          port: %2$d
          primary: %3$s
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(name, port, primary));
  }

  /// A BackingServer with its Secrets.
  public void register(String name, int port) {
    register(name, port, "allowedNamespaces: {from: All}");
  }

  /// The same with the rest of the spec, in YAML.
  public void register(String name, int port, String more) {
    credentials(name);
    apply(server(name, port, "{ca: {secretName: %s-ca}}".formatted(name), more));
  }

  /// A BackingServer on loopback.
  ///
  /// @param tls its block, in YAML flow style
  /// @param more the rest of the spec, in YAML
  public static String server(String name, int port, String tls, String more) {
    return """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin}
          tls: %3$s
          %4$s
        """
        .formatted(name, port, tls, more);
  }

  /// The Secrets that a BackingServer names.
  public void credentials(String name) {
    secret(
        name + "-admin", Map.of("username", Postgres.ADMIN, "password", Postgres.ADMIN_PASSWORD));
    secret(name + "-ca", Map.of("ca.crt", pki.anchor()));
  }

  /// The administrator's kubeconfig, as a file.
  public Path kubeconfig() throws IOException {
    return plane.kubeconfigFile(ControlPlane.User.Admin);
  }

  /// The anchor of every server's certificate, PEM.
  public String anchor() {
    return pki.anchor();
  }

  /// The authority of every server's certificate.
  public Pki pki() {
    return pki;
  }

  /// Where servers keep their data; gone with the sandbox.
  public Path folder() {
    return dir;
  }

  public ControlPlane plane() {
    return plane;
  }

  public Postgres postgres(String name) {
    return servers.get(name);
  }

  /// Takes a namespace away with all of its services, and every server whose name begins with that
  /// of the namespace. Nobody is fenced: the servers stop.
  public void forget(String namespace) throws Exception {
    var ours = namespace + "-";
    for (var service :
        admin().resources(BackingService.class).inNamespace(namespace).resources().toList())
      remove(service);
    for (var server : admin().resources(BackingServer.class).resources().toList())
      if (server.item().getMetadata().getName().startsWith(ours))
        Waiting.until("nobody is attached to it", Duration.ofSeconds(30), () -> removed(server));
    for (var name : List.copyOf(servers.keySet()))
      if (name.startsWith(ours)) servers.remove(name).close();
  }

  /// A server in use is not deleted; its status follows the services, in a while.
  private static boolean removed(Resource<BackingServer> server) {
    try {
      server.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), UNUSED);
      remove(server);
      return true;
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }
  }

  private static <T extends HasMetadata> void remove(Resource<T> resource) {
    resource.delete();
    try {
      resource.patch(PatchContext.of(PatchType.JSON_MERGE), NO_FINALIZERS);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) throw e;
    }
  }

  /// Closed before everything else.
  public <T extends AutoCloseable> T with(T other) {
    others.addFirst(other);
    return other;
  }

  /// @throws IllegalStateException when the API server refused the operator something for lack
  /// of a right
  @Override
  public void close() throws Exception {
    for (var other : others) other.close();
    if (operator != null) operator.close();
    for (var former : formerly) former.close();
    super.close();
    for (var server : servers.values()) server.close();
    plane.close();
    var refused = Audit.whole(plane).forbidden();
    if (!KEPT) Folders.delete(dir);
    if (plane.steady() && !refused.isEmpty())
      throw new IllegalStateException("the API server refused the operator: " + refused);
  }
}
