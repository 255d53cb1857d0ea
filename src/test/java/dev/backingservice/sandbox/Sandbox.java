package dev.backingservice.sandbox;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A control plane, servers and the operator, together. Whatever was started is stopped by
// [#close].
public final class Sandbox implements AutoCloseable {
  public static final String NAMESPACE = "backing-service-operator";
  private final Path dir;
  private final ControlPlane plane;
  private final KubernetesClient admin;
  private final KubernetesClient developer;
  private final Pki pki = new Pki();
  private final Map<String, Postgres> servers = new LinkedHashMap<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<OperatorProcess> formerly = new ArrayList<>();
  private OperatorProcess operator;

  private Sandbox(Path dir, ControlPlane plane) {
    this.dir = dir;
    this.plane = plane;
    this.admin = plane.client(ControlPlane.User.Admin);
    this.developer = plane.client(ControlPlane.User.Developer);
  }

  /// A control plane with our CRDs and the shipped RBAC, nothing else.
  public static Sandbox start() throws Exception {
    var dir = Files.createTempDirectory("backing-sandbox-");
    var sandbox = new Sandbox(dir, ControlPlane.start(dir.resolve("control-plane")));
    sandbox.install();
    return sandbox;
  }

  private void install() throws IOException {
    for (var file :
        List.of(
            "crds/backingservers.yaml",
            "crds/backingservices.yaml",
            "operator/rbac/operator.yaml",
            "operator/rbac/users.yaml",
            "operator/policy.yaml")) apply(Files.readString(Path.of(file)));
    for (var crd : List.of("backingservers", "backingservices"))
      admin
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName(crd + ".backingservice.dev")
          .waitUntilCondition(Sandbox::established, 30, TimeUnit.SECONDS);
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
    return startOperator(settings, Launch.brief());
  }

  /// The same, started in another way.
  public OperatorProcess startOperator(Map<String, String> settings, Launch launch)
      throws IOException {
    if (operator != null) formerly.add(operator);
    operator = OperatorProcess.start(plane, settings, launch);
    return operator;
  }

  /// Kills the operator and starts another, as if the lease of the dead one had run out.
  public void crash() throws IOException {
    operator.kill();
    admin.leases().inNamespace(NAMESPACE).withName("backing-service-operator").delete();
    startOperator(Map.of());
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
    secrets(name);
    return postgres;
  }

  /// A standby of a server, registered under a name of its own.
  public Postgres standby(Postgres of, String name) throws Exception {
    var postgres = Postgres.standbyOf(of, name, dir);
    servers.put(name, postgres);
    register(name, postgres.port());
    return postgres;
  }

  /// A BackingServer with its Secrets.
  public void register(String name, int port) {
    register(name, port, "allowedNamespaces: {from: All}");
  }

  /// The same with the rest of the spec, in YAML.
  public void register(String name, int port, String more) {
    secrets(name);
    apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin}
          tls: {ca: {secretName: %1$s-ca}}
          %3$s
        """
            .formatted(name, port, more));
  }

  private void secrets(String name) {
    secret(
        name + "-admin", Map.of("username", Postgres.ADMIN, "password", Postgres.ADMIN_PASSWORD));
    secret(name + "-ca", Map.of("ca.crt", pki.anchor()));
  }

  /// The administrator's kubeconfig, as a file.
  public Path kubeconfig() throws IOException {
    var file = plane.folder().resolve("admin.kubeconfig");
    Files.writeString(file, plane.kubeconfig(ControlPlane.User.Admin));
    return file;
  }

  public void secret(String name, Map<String, String> values) {
    admin
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withStringData(values)
                .build())
        .serverSideApply();
  }

  /// A namespace whose developer may do what `edit` allows.
  public void namespace(String name) {
    apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %s}
        """
            .formatted(name));
    developers(name);
  }

  /// Lets the developer do in a namespace that is there what `edit` allows.
  public void developers(String namespace) {
    apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: developer, namespace: %s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: developer}]
        """
            .formatted(namespace));
  }

  /// Applies documents as the platform's administrator would.
  public void apply(String yaml) {
    apply(admin, yaml);
  }

  /// Applies documents as the application's developer would.
  public void develop(String yaml) {
    apply(developer, yaml);
  }

  private static void apply(KubernetesClient client, String yaml) {
    for (var document : yaml.split("(?m)^---$"))
      if (!document.isBlank())
        client.resource(document).fieldManager("kubectl").forceConflicts().serverSideApply();
  }

  /// What the API server would say to a document, without keeping it; empty when it takes it.
  public String dryRun(String yaml) {
    try {
      admin
          .resource(yaml)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager("kubectl")
                  .withForce(true)
                  .withDryRun(List.of("All"))
                  .build());
      return "";
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    }
  }

  public BackingService service(String namespace, String name) {
    return admin.resources(BackingService.class).inNamespace(namespace).withName(name).get();
  }

  public BackingServer backingServer(String name) {
    return admin.resources(BackingServer.class).withName(name).get();
  }

  /// Edits the server of a service, as `kubectl patch` would.
  public void swap(String namespace, String name, String server) {
    patch(namespace, name, "{\"spec\":{\"server\":\"%s\"}}".formatted(server));
  }

  public void patch(String namespace, String name, String merge) {
    developer
        .resources(BackingService.class)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
  }

  /// One condition's `status/reason`; empty when it is not there.
  public String condition(String namespace, String name, String type) {
    var service = service(namespace, name);
    if (service == null || service.getStatus() == null || service.getStatus().conditions() == null)
      return "";
    return service.getStatus().conditions().stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.status() + "/" + c.reason())
        .findFirst()
        .orElse("");
  }

  /// The same for a BackingServer.
  public String serverCondition(String name, String type) {
    var server = backingServer(name);
    if (server == null || server.getStatus() == null || server.getStatus().conditions() == null)
      return "";
    return server.getStatus().conditions().stream()
        .filter(c -> c.type().equals(type))
        .map(c -> c.status() + "/" + c.reason())
        .findFirst()
        .orElse("");
  }

  /// Makes the operator look at a server now.
  public void touch(String server) {
    annotate(server, "sandbox/touched", Long.toString(System.nanoTime()));
  }

  public void annotate(String server, String name, String value) {
    admin
        .resources(BackingServer.class)
        .withName(server)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  /// The anchor of every server's certificate, PEM.
  public String anchor() {
    return pki.anchor();
  }

  public KubernetesClient admin() {
    return admin;
  }

  public ControlPlane plane() {
    return plane;
  }

  public Postgres postgres(String name) {
    return servers.get(name);
  }

  /// Closed before everything else.
  public <T extends AutoCloseable> T with(T other) {
    others.addFirst(other);
    return other;
  }

  /// A resource as YAML, for people.
  public String yaml(Object resource) {
    return Serialization.asYaml(resource);
  }

  @Override
  public void close() throws Exception {
    for (var other : others) other.close();
    if (operator != null) operator.close();
    for (var former : formerly) former.close();
    admin.close();
    developer.close();
    for (var server : servers.values()) server.close();
    plane.close();
    if (System.getenv("BACKING_KEEP") != null) return;
    try (var files = Files.walk(dir)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }
}
