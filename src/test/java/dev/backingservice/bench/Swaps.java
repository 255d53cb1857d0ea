package dev.backingservice.bench;

import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// How long the swap of one service takes, away from a live server with sessions on it and away
/// from a dead one.
final class Swaps {
  private static final int LIVE = 30;
  private static final int DEAD = 3;
  private static final int SESSIONS = 200;
  private static final String SERVICE = "first";
  private final Sandbox sandbox;

  private Swaps(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// On a control plane, servers and an operator of its own.
  static void run() throws Exception {
    try (var sandbox = Sandbox.start()) {
      Services.prepare(sandbox, "blue", "green");
      sandbox.apply(Services.yaml(SERVICE, "blue"));
      new Swaps(sandbox).measure();
    }
  }

  private void measure() throws Exception {
    ready();
    var live = live();
    var table =
        Table.of("swap", "edit → Secret switched: p50", "p90", "slowest", "writers wait, p50")
            .and(Costs.COLUMNS)
            .with(live);
    Page.write("swap", table);
    Page.write("dead", dead());
  }

  private List<String> live() throws Exception {
    var phases = new SwapPhases(Services.NAMESPACE + "/" + SERVICE);
    var times = new ArrayList<Long>();
    var costs = new ArrayList<Costs>();
    for (int i = 0; i < LIVE; i++) {
      var sessions = sessions(i % 2 == 0 ? "blue" : "green");
      var meter = Meter.start(sandbox, "blue", "green");
      var edited = Instant.now();
      times.add(swap(i % 2 == 0 ? "green" : "blue"));
      ready();
      TimeUnit.MILLISECONDS.sleep(500); // the last status and events
      costs.add(meter.costs());
      phases.read(sandbox.operator().log(), edited);
      for (var session : sessions) session.close();
    }
    phases.plot("A swap with %d sessions, median of %d".formatted(SESSIONS, LIVE));
    return Bench.row(
        "%d sessions on the live old server, %d swaps".formatted(SESSIONS, LIVE),
        cells(times, phases.writersWait(), Costs.median(costs)));
  }

  private static List<String> cells(List<Long> times, double wait, Costs costs) {
    var cells = new ArrayList<String>();
    cells.add(Bench.seconds(Medians.of(times)));
    cells.add(Bench.seconds(Medians.share(times, 0.9)));
    cells.add(Bench.seconds(Medians.greatest(times)));
    cells.add(Bench.seconds(wait));
    cells.addAll(costs.cells());
    return cells;
  }

  private List<Connection> sessions(String server) throws Exception {
    var secret = sandbox.admin().secrets().inNamespace(Services.NAMESPACE).withName(SERVICE).get();
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
    try (var _ =
        sandbox
            .admin()
            .secrets()
            .inNamespace(Services.NAMESPACE)
            .withName(SERVICE)
            .watch(new Switch(to, switched))) {
      long edited = System.nanoTime();
      sandbox.swap(Services.NAMESPACE, SERVICE, to);
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
  private Table dead() throws Exception {
    var switched = new ArrayList<Long>();
    var settled = new ArrayList<Long>();
    for (int i = 0; i < DEAD; i++) {
      var from = sandbox.service(Services.NAMESPACE, SERVICE).getStatus().active().server();
      sandbox.postgres(from).stop();
      switched.add(swap(from.equals("blue") ? "green" : "blue"));
      ready();
      sandbox.postgres(from).start();
      long answers = System.nanoTime();
      Waiting.until("the debt is settled", this::fenced);
      settled.add(Bench.millis(answers));
    }
    return Table.of(
            "dead old server, median of " + DEAD,
            "edit → Secret switched, of which 2 s are `unreachableFor`",
            "old server answers → debt settled")
        .with(
            List.of(
                "one service",
                Bench.seconds(Medians.of(switched)),
                Bench.seconds(Medians.of(settled))));
  }

  private boolean fenced() {
    return sandbox.condition(Services.NAMESPACE, SERVICE, "Fenced").equals("True/Fenced");
  }

  private void ready() throws Exception {
    Waiting.until("the service is Ready", () -> Services.ready(sandbox, SERVICE));
  }

  private static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }
}
