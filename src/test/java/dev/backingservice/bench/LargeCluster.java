package dev.backingservice.bench;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.OperatorProcess;
import dev.backingservice.sandbox.Program;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `make bench-large`: what the operator takes on a cluster where 10,000 Deployments and 50,000
/// Secrets of others are, and 10,000 services at once there.
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
    var alone = figures("alone");
    for (int i = 0; i < NAMESPACES; i++) sandbox.namespace("foreign-" + i);
    Clients.each(DEPLOYMENTS, CLIENTS, this::deployment);
    Clients.each(SECRETS, CLIENTS, this::secret);
    var beside = figures("beside");
    Page.write(
        "beside",
        Table.of(
                "beside",
                "start of the process → first reconciles",
                "API requests in the first 20 s",
                "resident memory, idle",
                "10 services, apply → Ready",
                "resident memory after that")
            .with(alone.row("nothing"))
            .with(beside.row("%,d Deployments, %,d Secrets".formatted(DEPLOYMENTS, SECRETS))));
    many();
  }

  /// Services applied at once beside all that, to an operator that has just started.
  private void many() throws Exception {
    var table = Table.of("%,d services".formatted(MANY), "measured");
    try (var operator = sandbox.startOperator(Map.of(), Launch.packaged())) {
      Waiting.until("the operator leads", () -> operator.log().contains("started in"));
      var audit = Audit.fromNow(sandbox.plane());
      long before = Services.secrets(sandbox);
      long began = System.nanoTime();
      try (var clients = Executors.newSingleThreadExecutor()) {
        clients.execute(
            () -> Clients.each(MANY, name -> sandbox.apply(Services.yaml(name, "blue"))));
        for (int part = 1; part <= PARTS; part++) {
          long secrets = MANY / PARTS * part;
          while (Services.secrets(sandbox) - before < secrets) TimeUnit.SECONDS.sleep(1);
          table =
              table.with(
                  List.of(
                      "%,d Secrets after".formatted(secrets), Bench.millis(began) / 1000 + " s"));
        }
      }
      TimeUnit.SECONDS.sleep(30);
      table = table.with(List.of("resident memory", memory() + " MiB"));
      table = table.with(List.of("services that are not Ready", count(notReady())));
      table =
          table.with(
              List.of(
                  "requests that were refused, by code, but for Secrets that are not there yet",
                  refused(audit)));
      table = table.with(List.of("warnings and errors in the log", count(complaints(operator))));
      Page.write("ten-thousand", table);
    }
  }

  private Stream<?> notReady() {
    return Services.all(sandbox).filter(service -> !Services.ready(service));
  }

  private static Stream<?> complaints(OperatorProcess operator) throws IOException {
    return operator.log().lines().filter(line -> line.matches("\\S+ (WARN|ERROR) .*"));
  }

  private static String count(Stream<?> all) {
    return Long.toString(all.count());
  }

  private static String refused(Audit audit) throws IOException {
    return audit.requests().stream()
        .filter(r -> r.code() >= HttpURLConnection.HTTP_BAD_REQUEST)
        .filter(r -> r.code() != HttpURLConnection.HTTP_NOT_FOUND)
        .collect(Collectors.groupingBy(Audit.Request::code, TreeMap::new, Collectors.counting()))
        .toString();
  }

  private record Figures(long start, int requests, long idle, long attach, long after) {
    List<String> row(String beside) {
      return List.of(
          beside,
          Bench.seconds(start),
          Integer.toString(requests),
          idle + " MiB",
          Bench.seconds(attach),
          after + " MiB");
    }
  }

  private Figures figures(String name) throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    long began = System.nanoTime();
    try (var operator = sandbox.startOperator(Map.of(), Launch.packaged())) {
      Waiting.until("the operator leads", () -> operator.log().contains("started in"));
      long start = Bench.millis(began);
      TimeUnit.SECONDS.sleep(20);
      int requests = audit.requests().size();
      long idle = memory();
      long applied = System.nanoTime();
      for (int i = 0; i < SERVICES; i++) sandbox.apply(Services.yaml(name + i, "blue"));
      for (int i = 0; i < SERVICES; i++) {
        var service = name + i;
        Waiting.until(
            "a service is Ready",
            () -> sandbox.condition("bench", service, "Ready").equals("True/Ready"));
      }
      long attach = Bench.millis(applied);
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
    return sandbox.operator().residentMebibytes();
  }
}
