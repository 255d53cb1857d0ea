package dev.backingservice.bench;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Books;
import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Scene;
import dev.backingservice.sandbox.Waiting;
import dev.backingservice.sandbox.Writer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The same figures for every engine: each engine is a row of one table.
final class EngineFigures {
  private static final String NAMESPACE = "shop";
  private static final int SERVICES = 200;
  private static final int SWAPS = 20;
  private static final int WRITERS = 4;
  private static final List<String> COLUMNS =
      List.of(
          "engine",
          "services to Ready, a second",
          "API writes per service, events included",
          "calls of the servers per service",
          "API writes in a minute at rest",
          "edit → Secret switched: p50, slowest of " + SWAPS,
          "edit → fence proven: p50, slowest",
          "dead old server: edit → Secret switched");

  private final Sandbox sandbox;
  private final Scene scene;
  private final Map<String, Books> servers = new TreeMap<>();
  private final List<String> row = new ArrayList<>();

  EngineFigures(Sandbox sandbox, Scene scene) {
    this.sandbox = sandbox;
    this.scene = scene;
  }

  void run() throws Exception {
    for (var color : Scene.COLORS) servers.put(color, scene.start(sandbox, color));
    sandbox.apply(scene.registeredForAll(servers));
    sandbox.apply(Files.readString(scene.examples().resolve("2-application.yaml")));
    sandbox.developers(NAMESPACE);
    sandbox.startOperator(Map.of(), Launch.packaged());
    apply("first");
    ready(1);
    row.add(scene.engine());
    many();
    rest();
    swaps();
    dead();
    Page.writeRow("engines", COLUMNS, row);
  }

  private void apply(String name) {
    sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec: {server: blue, %s}
        """
            .formatted(name, NAMESPACE, scene.block()));
  }

  private void ready(int services) throws Exception {
    Waiting.until(
        services + " services are Ready",
        () ->
            sandbox
                    .admin()
                    .resources(BackingService.class)
                    .inNamespace(NAMESPACE)
                    .list()
                    .getItems()
                    .stream()
                    .filter(Services::ready)
                    .count()
                >= services);
  }

  private void many() throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    double calls = sandbox.operator().statements();
    long began = System.nanoTime();
    Clients.each(SERVICES, this::apply);
    ready(SERVICES + 1);
    double seconds = (System.nanoTime() - began) / 1e9;
    row.add("%.1f".formatted(SERVICES / seconds));
    row.add("%.1f".formatted(audit.writes().size() / (double) SERVICES));
    row.add("%.1f".formatted((sandbox.operator().statements() - calls) / SERVICES));
  }

  private void rest() throws Exception {
    TimeUnit.SECONDS.sleep(20);
    var audit = Audit.fromNow(sandbox.plane());
    TimeUnit.SECONDS.sleep(60);
    row.add(Integer.toString(audit.writes().size()));
  }

  private void swaps() throws Exception {
    var switched = new ArrayList<Long>();
    var fenced = new ArrayList<Long>();
    try (var client = sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, NAMESPACE, "first", WRITERS)) {
      for (int i = 0; i < SWAPS; i++) {
        int before = writer.ledger().size();
        Waiting.until("writes", () -> writer.ledger().size() > before + 20);
        TimeUnit.SECONDS.sleep(scene.pause());
        var swap = swap(i % 2 == 0 ? "green" : "blue");
        switched.add(swap.switched);
        if (swap.fenced > 0) fenced.add(swap.fenced);
        ready(SERVICES + 1);
      }
    }
    row.add(percentiles(switched));
    row.add(fenced.isEmpty() ? "no fence" : percentiles(fenced));
  }

  private static String percentiles(List<Long> millis) {
    return Bench.seconds(Medians.of(millis)) + ", " + Bench.seconds(Medians.greatest(millis));
  }

  /// How long a swap took, in milliseconds from its edit.
  ///
  /// @param fenced until the fence was proven; 0 where nobody saw it
  private record Took(long switched, long fenced) {}

  private Took swap(String to) throws Exception {
    long edited = System.nanoTime();
    sandbox.swap(NAMESPACE, "first", to);
    var fenced = new AtomicLong();
    Waiting.until(
        "the binding switched",
        () -> {
          if (fenced.get() == 0 && proven(to)) fenced.set(Bench.millis(edited));
          return to.equals(bound());
        });
    return new Took(Bench.millis(edited), fenced.get());
  }

  private boolean proven(String to) {
    var swap = sandbox.service(NAMESPACE, "first").getStatus().swap();
    return swap != null
        && to.equals(swap.to())
        && swap.fence() != null
        && "Verified".equals(swap.fence().result());
  }

  private String bound() {
    var secret = sandbox.admin().secrets().inNamespace(NAMESPACE).withName("first").get();
    return secret.getMetadata().getAnnotations().get("backingservice.dev/server");
  }

  private void dead() throws Exception {
    TimeUnit.SECONDS.sleep(scene.pause());
    var from = bound();
    servers.get(from).stop();
    row.add(Bench.seconds(swap(from.equals("blue") ? "green" : "blue").switched));
  }
}
