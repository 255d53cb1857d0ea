package dev.backingservice.cluster;

import dev.backingservice.api.BackingService;
import dev.backingservice.cluster.workload.Book;
import dev.backingservice.sandbox.Kubectl;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// The application team's namespace: an application of two pods, its BackingService, and the
/// book of what was acknowledged. The documents are those of the example.
final class Shop {
  static final String NAMESPACE = "shop";
  static final String SERVICE = "orders-db";
  private static final Path EXAMPLES = Path.of("operator/examples/postgresql");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private final Site site;
  private final KubernetesClient client;
  private final Kubectl kubectl;

  Shop(Site site) {
    this.site = site;
    this.client = site.client();
    this.kubectl = site.kubectl();
  }

  /// The platform team's part.
  void register() throws IOException {
    var servers = Files.readString(EXAMPLES.resolve("1-servers.yaml"));
    for (var color : List.of("blue", "green"))
      servers =
          servers.replace(
              "host: %s.db.internal".formatted(color),
              "host: " + Databases.host("orders-" + color));
    kubectl.apply(servers);
  }

  /// The application team's part; the application waits for its first binding.
  void open() throws Exception {
    var application =
        Files.readString(EXAMPLES.resolve("2-application.yaml"))
            .replace("image: registry.example/orders:1", container("Orders"));
    kubectl.apply(application);
    kubectl.apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: book, namespace: %1$s}
        spec:
          selector: {matchLabels: {app: book}}
          template:
            metadata: {labels: {app: book}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: book
                %2$s
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: book, namespace: %1$s}
        spec: {selector: {app: book}, ports: [{port: %3$d}]}
        """
            .formatted(NAMESPACE, container("Book"), Book.PORT));
    kubectl.apply(Files.readString(EXAMPLES.resolve("3-service.yaml")));
  }

  private String container(String main) {
    return """
        image: %s
                imagePullPolicy: %s
                args: [dev.backingservice.cluster.workload.%s]
                env: [{name: BOOK, value: "book:%d"}]
                securityContext: {runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"""
        .formatted(site.image(Images.ORDERS), site.pullPolicy(), main, Book.PORT);
  }

  BackingService service() {
    return kubectl.service(NAMESPACE, SERVICE);
  }

  /// The server that the binding names.
  String bound() {
    return client
        .secrets()
        .inNamespace(NAMESPACE)
        .withName(SERVICE)
        .get()
        .getMetadata()
        .getAnnotations()
        .get("backingservice.dev/server");
  }

  /// How many services a server says it carries.
  int attached(String server) {
    return kubectl.backingServer(server).getStatus().attached();
  }

  void swap(String to) {
    kubectl.swap(NAMESPACE, SERVICE, to);
  }

  /// The phase of a swap to a server that has begun and whose binding is not switched yet.
  Optional<String> phase(String to) {
    return Optional.ofNullable(service().getStatus().swap())
        .filter(swap -> to.equals(swap.to()))
        .map(swap -> String.valueOf(swap.phase()))
        .filter(List.of("Prepare", "Fence", "Cut")::contains);
  }

  boolean is(String condition, String statusAndReason) {
    return kubectl.condition(NAMESPACE, SERVICE, condition).equals(statusAndReason);
  }

  /// Waits until every pod runs on a server.
  void awaitOn(String server) throws Exception {
    until(
        "every pod on " + server,
        () -> {
          var status = service().getStatus();
          return status != null
              && status.active() != null
              && server.equals(status.active().server())
              && is("Ready", "True/Ready")
              && is("RolledOut", "True/RolledOut");
        });
  }

  /// Waits until a server acknowledged a number of orders more, which began after now.
  void awaitOrders(String server, int number) throws Exception {
    long from = Ledger.micros();
    until(
        "orders on " + server,
        () ->
            ledger().entries().stream()
                    .filter(e -> e.began() > from && e.host().equals(Databases.host(server)))
                    .count()
                >= number);
  }

  void until(String what, Callable<Boolean> reached) throws Exception {
    try {
      Waiting.until(what, PATIENCE, reached);
    } catch (IllegalStateException e) {
      System.out.println(kubectl.yaml(service()));
      throw e;
    }
  }

  /// What was acknowledged until now.
  Ledger ledger() throws IOException {
    var pod =
        client.pods().inNamespace(NAMESPACE).withLabel("app", "book").list().getItems().stream()
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("there is no book"));
    try (var forward =
            client
                .pods()
                .inNamespace(NAMESPACE)
                .withName(pod.getMetadata().getName())
                .portForward(Book.PORT);
        var socket = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
      socket.getOutputStream().write("READ\n".getBytes(StandardCharsets.UTF_8));
      return Ledger.of(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /// Ends a pod of the application; its Deployment makes another.
  void replaceAPod() throws Exception {
    var pods = client.pods().inNamespace(NAMESPACE).withLabel("app", "orders");
    var before = pods.list().getItems().getFirst().getMetadata().getName();
    client.pods().inNamespace(NAMESPACE).withName(before).withGracePeriod(1).delete();
    until(
        "another pod",
        () ->
            pods.list().getItems().stream()
                    .filter(
                        p ->
                            !p.getMetadata().getName().equals(before)
                                && p.getMetadata().getDeletionTimestamp() == null
                                && "Running".equals(p.getStatus().getPhase()))
                    .count()
                == 2);
  }
}
