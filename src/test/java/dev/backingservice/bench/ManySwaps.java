package dev.backingservice.bench;

import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How long many swaps take that are asked for at once: each service by an edit of its own.
final class ManySwaps {
  private static final int SERVICES = 100;
  private static final int ROUNDS = 6;
  private static final long LOOK_MILLIS = 20;
  private final Sandbox sandbox;

  /// The server that each Secret leads to, by its name.
  private final Map<String, String> leading = new ConcurrentHashMap<>();

  private ManySwaps(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /// On a control plane, servers and an operator of its own.
  static void run() throws Exception {
    try (var sandbox = Sandbox.start()) {
      Services.prepare(sandbox, "blue", "green");
      var rates = new ManySwaps(sandbox);
      var secrets = sandbox.admin().secrets().inNamespace(Services.NAMESPACE);
      try (var _ = secrets.watch(rates.new Following())) {
        rates.rounds();
      }
    }
  }

  private void rounds() throws Exception {
    Clients.each(SERVICES, name -> sandbox.apply(Services.yaml(name, "blue")));
    settled("blue");
    var took = new ArrayList<Long>();
    var costs = new ArrayList<Costs>();
    for (int round = 0; round < ROUNDS; round++) {
      var meter = Meter.start(sandbox, "blue", "green");
      took.add(swapped(round % 2 == 0 ? "green" : "blue"));
      costs.add(meter.costs().per(SERVICES));
    }
    var row = new ArrayList<String>();
    row.add(Bench.seconds(took.getFirst()));
    row.add(Bench.seconds(Medians.of(took)));
    row.addAll(Costs.median(costs).cells());
    Page.write(
        "swaps",
        Table.of("swaps at once", "first edit → last Secret: first round", "median of " + ROUNDS)
            .and(Costs.COLUMNS)
            .with(Bench.row("%d services by %d edits".formatted(SERVICES, SERVICES), row)));
  }

  /// @return in milliseconds
  private long swapped(String to) throws Exception {
    long began = System.nanoTime();
    Clients.each(SERVICES, name -> sandbox.swap(Services.NAMESPACE, name, to));
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
      Waiting.until("a service", () -> Services.ready(sandbox, name));
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
