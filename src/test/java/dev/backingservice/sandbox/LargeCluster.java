package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// What the operator takes on a cluster where 10,000 Deployments and 50,000 Secrets of others are,
/// as Markdown.
public final class LargeCluster {
  private static final int NAMESPACES = 100;
  private static final int DEPLOYMENTS = 10_000;
  private static final int SECRETS = 50_000;
  private static final int CLIENTS = 16;
  private static final int SERVICES = 10;
  private static final int MANY = 10_000;
  private static final int PARTS = 5;
  private static final String CONTENT = "x".repeat(1000);
  private final Sandbox sandbox;

  private LargeCluster(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  public static void main(String... args) {
    Program.run(
        () -> {
          try (var sandbox = Sandbox.start()) {
            new LargeCluster(sandbox).run();
          }
          return true;
        });
  }

  private void run() throws Exception {
    sandbox.server("blue", 17).withDatabase("orders");
    sandbox.namespace("bench");
    System.out.println("| beside | nothing | 10,000 Deployments, 50,000 Secrets |\n|---|---|---|");
    var alone = figures("alone");
    for (int i = 0; i < NAMESPACES; i++) sandbox.namespace("foreign-" + i);
    Clients.each(DEPLOYMENTS, CLIENTS, this::deployment);
    Clients.each(SECRETS, CLIENTS, this::secret);
    var beside = figures("beside");
    row("start of the process to its first reconciles", alone.start + " ms", beside.start + " ms");
    row("requests to the API server until then", alone.requests, beside.requests);
    row("resident memory, idle", alone.idle + " MiB", beside.idle + " MiB");
    row("10 services, apply to Ready", alone.attach + " ms", beside.attach + " ms");
    row("resident memory after that", alone.after + " MiB", beside.after + " MiB");
    many();
  }

  /// Services applied at once beside all that, to an operator that has just started.
  private void many() throws Exception {
    System.out.printf("%n| %,d services | |%n|---|---|%n", MANY);
    try (var operator = sandbox.startOperator(Map.of(), Launch.packaged())) {
      Waiting.until("the operator leads", () -> operator.log().contains("started in"));
      var audit = Audit.fromNow(sandbox.plane());
      long before = AttachRates.secrets(sandbox);
      long began = System.nanoTime();
      try (var clients = Executors.newSingleThreadExecutor()) {
        clients.execute(
            () -> Clients.each(MANY, name -> sandbox.apply(Bench.service(name, "blue"))));
        for (int part = 1; part <= PARTS; part++) {
          long secrets = MANY / PARTS * part;
          while (AttachRates.secrets(sandbox) - before < secrets) TimeUnit.SECONDS.sleep(1);
          Bench.row("%,d Secrets after".formatted(secrets), millis(began) / 1000 + " s");
        }
      }
      TimeUnit.SECONDS.sleep(30);
      Bench.row("resident memory", memory() + " MiB");
      Bench.row(
          "services that are not Ready",
          Bench.services(sandbox).filter(service -> !Bench.ready(service)).count());
      Bench.row("requests that were refused, by code", refused(audit));
      Bench.row(
          "warnings and errors in the log of the operator",
          operator.log().lines().filter(l -> l.matches("\\S+ (WARN|ERROR) .*")).count());
    }
  }

  private static Map<Integer, Long> refused(Audit audit) throws IOException {
    return audit.requests().stream()
        .filter(r -> r.code() >= HttpURLConnection.HTTP_BAD_REQUEST)
        .collect(Collectors.groupingBy(Audit.Request::code, TreeMap::new, Collectors.counting()));
  }

  private record Figures(long start, int requests, long idle, long attach, long after) {}

  private Figures figures(String name) throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    long began = System.nanoTime();
    try (var operator = sandbox.startOperator(Map.of(), Launch.packaged())) {
      Waiting.until("the operator leads", () -> operator.log().contains("started in"));
      long start = millis(began);
      TimeUnit.SECONDS.sleep(20);
      int requests = audit.requests().size();
      long idle = memory();
      long applied = System.nanoTime();
      for (int i = 0; i < SERVICES; i++) sandbox.apply(Bench.service(name + i, "blue"));
      for (int i = 0; i < SERVICES; i++) {
        var service = name + i;
        Waiting.until(
            "a service is Ready",
            () -> sandbox.condition("bench", service, "Ready").equals("True/Ready"));
      }
      long attach = millis(applied);
      TimeUnit.SECONDS.sleep(5);
      return new Figures(start, requests, idle, attach, memory());
    }
  }

  /// Paused, so that the cluster makes nothing of it.
  private void deployment(int n) {
    var labels = Map.of("app", "foreign-" + n);
    sandbox
        .admin()
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("foreign-" + n)
                .withNamespace("foreign-" + n % NAMESPACES)
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", CONTENT)
                .endMetadata()
                .withNewSpec()
                .withPaused(true)
                .withReplicas(0)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("app")
                .addNewEnv()
                .withName("CONTENT")
                .withValue(CONTENT)
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  private void secret(int n) {
    sandbox
        .admin()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("foreign-" + n)
                .withNamespace("foreign-" + n % NAMESPACES)
                .endMetadata()
                .withStringData(Map.of("content", CONTENT))
                .build())
        .create();
  }

  private long memory() throws Exception {
    return Processes.residentMebibytes(sandbox.operator().pid());
  }

  private static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }

  private static void row(String figure, Object alone, Object beside) {
    System.out.printf("| %s | %s | %s |%n", figure, alone, beside);
  }
}
