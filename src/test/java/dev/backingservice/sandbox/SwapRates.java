package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How long many swaps take that are asked for at once: each service by an edit of its own.
final class SwapRates {
  private static final int SERVICES = 100;
  private static final int ROUNDS = 6;
  private static final long LOOK_MILLIS = 20;
  private final Sandbox sandbox;

  /// The server that each Secret leads to, by its name.
  private final Map<String, String> leading = new ConcurrentHashMap<>();

  private SwapRates(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// On a control plane, servers and an operator of its own.
  static void run() throws Exception {
    try (var sandbox = Sandbox.start()) {
      for (var name : List.of("blue", "green")) sandbox.server(name, 17).withDatabase("orders");
      sandbox.namespace("bench");
      sandbox.startOperator(Map.of(), Launch.packaged());
      var rates = new SwapRates(sandbox);
      var secrets = sandbox.admin().secrets().inNamespace("bench");
      try (var _ = secrets.watch(rates.new Following())) {
        rates.rounds();
      }
    }
  }

  private void rounds() throws Exception {
    Clients.each(SERVICES, name -> sandbox.apply(Bench.service(name, "blue")));
    settled("blue");
    var audit = Audit.fromNow(sandbox.plane());
    double statements = sandbox.operator().statements();
    var took = new ArrayList<Long>();
    for (int round = 0; round < ROUNDS; round++)
      took.add(swapped(round % 2 == 0 ? "green" : "blue"));
    var title =
        "%d services by %d edits, the first edit to the last Secret: "
            .formatted(SERVICES, SERVICES);
    Bench.row(title + "first round", took.getFirst() + " ms");
    Bench.row(
        title + "median of " + ROUNDS, took.stream().sorted().toList().get(ROUNDS / 2) + " ms");
    double swaps = SERVICES * ROUNDS;
    Bench.row(
        "API requests, writes, SQL statements per swap",
        "%.1f, %.1f, %.1f"
            .formatted(
                ours(audit.requests()) / swaps,
                ours(audit.writes()) / swaps,
                (sandbox.operator().statements() - statements) / swaps));
  }

  private static long ours(List<Audit.Request> requests) {
    return requests.stream().filter(r -> r.name().startsWith("bench/")).count();
  }

  /// @return in milliseconds
  private long swapped(String to) throws Exception {
    long began = System.nanoTime();
    Clients.each(SERVICES, name -> sandbox.swap("bench", name, to));
    while (leadingTo(to) < SERVICES) TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    settled(to);
    return millis;
  }

  /// Until nothing is to be done any more.
  private void settled(String server) throws Exception {
    Waiting.until("Secrets", () -> leadingTo(server) == SERVICES);
    for (int i = 0; i < SERVICES; i++) {
      var name = Clients.name(i);
      Waiting.until("a service", () -> Bench.ready(sandbox.service("bench", name)));
    }
  }

  private long leadingTo(String server) {
    return leading.values().stream().filter(server::equals).count();
  }

  /// Told by the API server: looks would take the time that they measure.
  private final class Following implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {
      var meta = secret.getMetadata();
      leading.put(meta.getName(), meta.getAnnotations().get("backingservice.dev/server"));
    }

    @Override
    public void onClose(WatcherException cause) {}
  }
}
