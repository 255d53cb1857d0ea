package dev.backingservice.bench;

import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// How many services are attached in a second by an operator that has just started, and what one
/// of them costs: as a table and as plots.
final class Attachments {
  private static final int RUNS = 3;
  private static final List<Integer> COUNTS = List.of(300, 1000, 2000);
  private static final long LOOK_MILLIS = 500;
  private static final Path PLOTS = Path.of("src/docs/plots");
  private static final String SERVER = "blue";

  private Attachments() {}

  /// A fresh control plane, server and operator for each run.
  static void run() throws Exception {
    var table =
        Table.of("services at once", "Secrets a second")
            .and(Costs.COLUMNS)
            .and(List.of("resident memory"));
    var rates = new TreeMap<String, List<double[]>>();
    var memory = new ArrayList<double[]>();
    for (int services : COUNTS) {
      var bursts = new ArrayList<Burst>();
      for (int i = 0; i < RUNS; i++) bursts.add(burst(services));
      table = table.with(Bench.row("%,d".formatted(services), Burst.cells(bursts)));
      rates.put("%,d services".formatted(services), bursts.getFirst().attached);
      memory.add(new double[] {services, Burst.memory(bursts)});
    }
    Page.write("attach", table);
    Files.createDirectories(PLOTS);
    new Plot("Binding Secrets over time", "seconds after the first apply", "Secrets")
        .write(PLOTS.resolve("attach-rate.svg"), rates);
    new Plot("Resident memory of the operator", "services", "MiB")
        .write(PLOTS.resolve("memory.svg"), Map.of("resident", memory));
  }

  private static Burst burst(int services) throws Exception {
    try (var sandbox = Sandbox.start()) {
      Services.prepare(sandbox, SERVER);
      Waiting.until("a start", () -> sandbox.operator().log().contains("started in"));
      TimeUnit.SECONDS.sleep(5);
      return burst(sandbox, services);
    }
  }

  private static Burst burst(Sandbox sandbox, int services) throws Exception {
    var meter = Meter.start(sandbox, SERVER);
    long began = System.nanoTime();
    Clients.each(services, name -> sandbox.apply(Services.yaml(name, SERVER)));
    var attached = attached(sandbox, services, began);
    double seconds = Bench.millis(began) / 1000.0;
    TimeUnit.SECONDS.sleep(3); // the last statuses and events
    return new Burst(
        services / seconds,
        meter.costs().per(services),
        sandbox.operator().residentMebibytes(),
        attached);
  }

  /// Looks until every Secret is there.
  ///
  /// @return how many there were, and when, in seconds
  private static List<double[]> attached(Sandbox sandbox, int services, long began)
      throws InterruptedException {
    var seen = new ArrayList<double[]>();
    long secrets;
    do {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      secrets = Services.secrets(sandbox);
      seen.add(new double[] {Bench.millis(began) / 1000.0, secrets});
    } while (secrets < services);
    return seen;
  }

  /// One run.
  ///
  /// @param rate Secrets a second
  /// @param costs of one service
  /// @param mebibytes resident afterwards
  /// @param attached how many Secrets there were, and when
  private record Burst(double rate, Costs costs, long mebibytes, List<double[]> attached) {
    static List<String> cells(List<Burst> bursts) {
      var cells = new ArrayList<String>();
      cells.add("%.1f".formatted(Medians.of(bursts.stream().map(Burst::rate).toList())));
      cells.addAll(Costs.median(bursts.stream().map(Burst::costs).toList()).cells());
      cells.add(memory(bursts) + " MiB");
      return cells;
    }

    static long memory(List<Burst> bursts) {
      return Medians.of(bursts.stream().map(Burst::mebibytes).toList());
    }
  }
}
