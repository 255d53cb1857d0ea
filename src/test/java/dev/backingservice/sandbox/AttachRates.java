package dev.backingservice.sandbox;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// How many services are attached in a second by an operator that has just started, and what that
/// takes of each process: as Markdown, and as plots.
final class AttachRates {
  private static final int RUNS = Integer.getInteger("backing.runs", 3);
  private static final List<Integer> COUNTS = List.of(300, 1000, 2000);
  private static final long LOOK_MILLIS = 500;
  private static final Path PLOTS = Path.of("src/docs/plots");

  private AttachRates() {}

  /// A fresh control plane, server and operator for each run.
  static void run() throws Exception {
    System.out.println("\n| services at once | " + String.join(" | ", Burst.COLUMNS) + " |");
    System.out.println("|---|" + "---|".repeat(Burst.COLUMNS.size()));
    var rates = new TreeMap<String, List<double[]>>();
    var memory = new ArrayList<double[]>();
    for (int services : COUNTS) {
      var bursts = new ArrayList<Burst>();
      for (int i = 0; i < RUNS; i++) bursts.add(burst(services));
      System.out.println("| %,d | %s |".formatted(services, String.join(" | ", Burst.row(bursts))));
      rates.put("%,d services".formatted(services), bursts.getFirst().attached);
      memory.add(new double[] {services, Burst.median(bursts, b -> b.mebibytes)});
    }
    Files.createDirectories(PLOTS);
    new Plot("Binding Secrets over time", "seconds after the first apply", "Secrets")
        .write(PLOTS.resolve("attach-rate.svg"), rates);
    new Plot("Resident memory of the operator", "services", "MiB")
        .write(PLOTS.resolve("memory.svg"), Map.of("resident", memory));
  }

  private static Burst burst(int services) throws Exception {
    try (var sandbox = Sandbox.start()) {
      sandbox.server("blue", 17).withDatabase("orders");
      sandbox.namespace("bench");
      sandbox.startOperator(Map.of(), Launch.packaged());
      Waiting.until("a start", () -> sandbox.operator().log().contains("started in"));
      TimeUnit.SECONDS.sleep(5);
      return burst(sandbox, services);
    }
  }

  private static Burst burst(Sandbox sandbox, int services) throws Exception {
    var audit = Audit.fromNow(sandbox.plane());
    double statements = sandbox.operator().statements();
    var before = Used.now(sandbox);
    long began = System.nanoTime();
    Clients.each(services, name -> sandbox.apply(Bench.service(name, "blue")));
    var attached = attached(sandbox, services, began);
    double seconds = (System.nanoTime() - began) / 1e9;
    TimeUnit.SECONDS.sleep(3); // the last statuses and events
    return new Burst(
        services,
        seconds,
        Used.now(sandbox).since(before),
        audit.requests().stream().filter(r -> r.name().startsWith("bench/")).count(),
        audit.writes().stream().filter(r -> r.name().startsWith("bench/")).count(),
        sandbox.operator().statements() - statements,
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
      secrets = secrets(sandbox);
      seen.add(new double[] {(System.nanoTime() - began) / 1e9, secrets});
    } while (secrets < services);
    return seen;
  }

  /// The API server says how many follow the first one: to list them all would take more of the
  /// machine than an attachment does.
  static long secrets(Sandbox sandbox) {
    var first =
        sandbox
            .admin()
            .secrets()
            .inNamespace("bench")
            .list(new ListOptionsBuilder().withLimit(1L).build());
    var more = first.getMetadata().getRemainingItemCount();
    return first.getItems().size() + (more == null ? 0 : more);
  }

  /// Processor time, in milliseconds.
  private record Used(long operator, long apiServer, long etcd, long database) {
    static Used now(Sandbox sandbox) throws IOException {
      return new Used(
          Cpu.millis(sandbox.operator().pid()),
          Cpu.millis(Cpu.ofProgram("kube-apiserver")),
          Cpu.millis(Cpu.ofProgram("etcd")),
          Cpu.millis(sandbox.postgres("blue").pid()));
    }

    Used since(Used before) {
      return new Used(
          operator - before.operator,
          apiServer - before.apiServer,
          etcd - before.etcd,
          database - before.database);
    }
  }

  private record Burst(
      int services,
      double seconds,
      Used used,
      long requests,
      long writes,
      double statements,
      long mebibytes,
      List<double[]> attached) {
    static final List<String> COLUMNS =
        List.of(
            "Secrets a second",
            "CPU per service, ms: operator, API server, etcd, PostgreSQL",
            "API requests, writes per service",
            "SQL statements per service",
            "resident memory");

    static List<String> row(List<Burst> bursts) {
      return List.of(
          "%.1f".formatted(median(bursts, b -> b.services / b.seconds)),
          "%.0f, %.0f, %.0f, %.0f"
              .formatted(
                  median(bursts, b -> b.per(b.used.operator)),
                  median(bursts, b -> b.per(b.used.apiServer)),
                  median(bursts, b -> b.per(b.used.etcd)),
                  median(bursts, b -> b.per(b.used.database))),
          "%.2f, %.2f"
              .formatted(
                  median(bursts, b -> b.per(b.requests)), median(bursts, b -> b.per(b.writes))),
          "%.1f".formatted(median(bursts, b -> b.per(b.statements))),
          "%.0f MiB".formatted(median(bursts, b -> b.mebibytes)));
    }

    static double median(List<Burst> bursts, ToDoubleFunction<Burst> of) {
      return bursts.stream().mapToDouble(of).sorted().toArray()[bursts.size() / 2];
    }

    private double per(double all) {
      return all / services;
    }
  }
}
