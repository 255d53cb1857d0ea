package dev.backingservice.sandbox;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The figures of `src/docs/performance.md`, as Markdown. `fsync` is off and everything shares
/// one machine: only counts and ratios mean something elsewhere.
public final class Bench {
  private static final int SWAPS = 30;
  private static final int SESSIONS = 200;
  private static final int SERVICES = 1000;
  private final Sandbox sandbox;

  private Bench(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// @param args the engine whose figures are asked for; all of PostgreSQL's without one
  public static void main(String... args) {
    var scene = Scene.of(args);
    Program.run(
        () -> {
          if (scene == Scene.POSTGRESQL) all();
          try (var sandbox = Sandbox.start()) {
            new EngineFigures(sandbox, scene).run();
          }
          return true;
        });
  }

  private static void all() throws Exception {
    AttachRates.run();
    SwapRates.run();
    try (var sandbox = Sandbox.start()) {
      new Bench(sandbox).run();
    }
  }

  private void run() throws Exception {
    for (var name : List.of("blue", "green")) sandbox.server(name, 17).withDatabase("orders");
    sandbox.namespace("bench");
    System.out.println("| figure | value |\n|---|---|");
    long started = System.nanoTime();
    sandbox.startOperator(Map.of(), Launch.packaged());
    Waiting.until("a figure", () -> sandbox.operator().log().contains("started in"));
    row("start of the process to its first reconciles", millis(started));
    TimeUnit.SECONDS.sleep(5);
    row("resident memory, idle", memory());
    long applied = System.nanoTime();
    sandbox.apply(service("first", "blue"));
    Waiting.until("a figure", () -> ready("first"));
    row("attach: apply to Ready, the first one", millis(applied));
    swaps();
    dead();
    many();
    rest();
    restart();
  }

  private void swaps() throws Exception {
    var times = new ArrayList<Long>();
    var phases = new SwapPhases("bench/first");
    var audit = Audit.fromNow(sandbox.plane());
    double statements = sandbox.operator().statements();
    for (int i = 0; i < SWAPS; i++) {
      var to = i % 2 == 0 ? "green" : "blue";
      var sessions = sessions(i % 2 == 0 ? "blue" : "green");
      var edited = Instant.now();
      times.add(swap(to));
      Waiting.until("a figure", () -> ready("first"));
      phases.read(sandbox.operator().log(), edited);
      for (var session : sessions) session.close();
    }
    phases.plot("A swap with %d sessions, median of %d".formatted(SESSIONS, SWAPS));
    times.sort(Long::compare);
    var title =
        "edit to switched Secret, %d sessions on the old server, %d swaps: "
            .formatted(SESSIONS, SWAPS);
    row(title + "p50", times.get(SWAPS / 2) + " ms");
    row(title + "p90", times.get(SWAPS * 9 / 10) + " ms");
    row(title + "slowest", times.getLast() + " ms");
    row("API requests per swap", audit.requests().size() / SWAPS);
    row("API writes per swap, events included", audit.writes().size() / SWAPS);
    row(
        "SQL statements per swap",
        Math.round((sandbox.operator().statements() - statements) / SWAPS));
  }

  private List<Connection> sessions(String server) throws Exception {
    var secret = sandbox.admin().secrets().inNamespace("bench").withName("first").get();
    sandbox.patch("bench", "first", "{\"spec\":{\"postgresql\":{\"connectionLimit\":300}}}");
    Waiting.until(
        "a figure",
        () ->
            "300"
                .equals(
                    sandbox
                        .postgres(server)
                        .ask(
                            "postgres",
                            "SELECT rolconnlimit FROM pg_roles WHERE rolname = '"
                                + text(secret, "username")
                                + "'")));
    var sessions = new ArrayList<Connection>();
    for (int i = 0; i < SESSIONS; i++)
      sessions.add(
          sandbox
              .postgres(server)
              .login("orders", text(secret, "username"), text(secret, "password")));
    return sessions;
  }

  private long swap(String to) throws Exception {
    var switched = new CompletableFuture<Long>();
    try (var watch =
        sandbox
            .admin()
            .secrets()
            .inNamespace("bench")
            .withName("first")
            .watch(new Switch(to, switched))) {
      long edited = System.nanoTime();
      sandbox.swap("bench", "first", to);
      return (switched.get(60, TimeUnit.SECONDS) - edited) / 1_000_000;
    }
  }

  private record Switch(String to, CompletableFuture<Long> switched) implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {
      if (to.equals(secret.getMetadata().getAnnotations().get("backingservice.dev/server")))
        switched.complete(System.nanoTime());
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  /// The active server is stopped; the edit leads away from it.
  private void dead() throws Exception {
    var from = sandbox.service("bench", "first").getStatus().active().server();
    sandbox.postgres(from).stop();
    row(
        "dead old server: edit to switched Secret",
        swap(from.equals("blue") ? "green" : "blue") + " ms");
    Waiting.until("a figure", () -> ready("first"));
    sandbox.postgres(from).start();
    long answers = System.nanoTime();
    Waiting.until(
        "a figure", () -> sandbox.condition("bench", "first", "Fenced").equals("True/Fenced"));
    row("debt settled after the old server answers", millis(answers));
    if (!from.equals("blue")) return;
    swap("blue");
    Waiting.until("a figure", () -> ready("first"));
  }

  /// With everything settled.
  private void rest() throws Exception {
    Waiting.until("nothing written for ten seconds", new Quiet());
    var audit = Audit.fromNow(sandbox.plane());
    double statements = sandbox.operator().statements();
    TimeUnit.MINUTES.sleep(1);
    row(
        "at rest with %d services, in a minute: API writes, reads, SQL statements"
            .formatted(SERVICES),
        "%d, %d, %.0f"
            .formatted(
                audit.writes().size(),
                audit.requests().stream().filter(r -> r.verb().equals("get")).count(),
                sandbox.operator().statements() - statements));
  }

  /// Nothing is to be written.
  private void restart() throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    sandbox.operator().close();
    long restarted = System.nanoTime();
    sandbox.startOperator(Map.of(), Launch.packaged());
    Waiting.until(
        "a figure",
        () ->
            audit.requests().stream()
                    .filter(r -> r.verb().equals("get") && r.resource().equals("secrets"))
                    .filter(r -> r.name().startsWith("bench/"))
                    .map(Audit.Request::name)
                    .distinct()
                    .count()
                > SERVICES);
    row("restart with %d settled services: all looked at".formatted(SERVICES), millis(restarted));
    row(
        "writes after a restart with %d services, but for lease and term".formatted(SERVICES),
        audit.writes().stream().filter(r -> r.name().startsWith("bench/")).count());
  }

  /// Whether nothing was written for a while.
  private final class Quiet implements Callable<Boolean> {
    private Audit audit;
    private long since = System.nanoTime();

    Quiet() throws IOException {
      audit = Audit.fromNow(sandbox.plane());
    }

    @Override
    public Boolean call() throws Exception {
      TimeUnit.SECONDS.sleep(1);
      if (!audit.writes().isEmpty()) {
        audit = Audit.fromNow(sandbox.plane());
        since = System.nanoTime();
      }
      return System.nanoTime() - since > TimeUnit.SECONDS.toNanos(10);
    }
  }

  private void many() throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    double statements = sandbox.operator().statements();
    long began = System.nanoTime();
    Clients.each(SERVICES, name -> sandbox.apply(service(name, "blue")));
    row("%d services: applied by %d clients in".formatted(SERVICES, Clients.COUNT), millis(began));
    Waiting.until("a figure", () -> services(sandbox).filter(Bench::ready).count() > SERVICES);
    row(SERVICES + " services: first apply to all Ready", millis(began));
    row(
        "API writes per attached service, events included",
        "%.1f".formatted(audit.writes().size() / (double) SERVICES));
    row(
        "SQL statements per attached service",
        "%.1f".formatted((sandbox.operator().statements() - statements) / SERVICES));
    row("resident memory, %d services".formatted(SERVICES), memory());
  }

  static Stream<BackingService> services(Sandbox sandbox) {
    return sandbox
        .admin()
        .resources(BackingService.class)
        .inNamespace("bench")
        .list()
        .getItems()
        .stream();
  }

  static String service(String name, String server) {
    return """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: bench}
        spec: {server: %s, postgresql: {database: orders}}
        """
        .formatted(name, server);
  }

  private boolean ready(String name) {
    return ready(sandbox.service("bench", name));
  }

  static boolean ready(BackingService service) {
    var status = service == null ? null : service.getStatus();
    return status != null
        && status.conditions().stream()
            .anyMatch(
                c ->
                    c.type().equals("Ready")
                        && c.status().name().equals("True")
                        && service.getMetadata().getGeneration().equals(c.observedGeneration()));
  }

  private String memory() throws IOException {
    return sandbox.operator().residentMebibytes() + " MiB";
  }

  private static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }

  static void row(String figure, Object value) {
    System.out.println("| " + figure + " | " + value + " |");
  }

  static String millis(long since) {
    return (System.nanoTime() - since) / 1_000_000 + " ms";
  }
}
