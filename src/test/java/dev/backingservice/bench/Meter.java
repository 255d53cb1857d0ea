package dev.backingservice.bench;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Cpu;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts what an operator costs from a moment on.
final class Meter {
  /// The question itself is a session and a transaction.
  private static final String STATISTICS =
      "SELECT sum(sessions) || ' ' || sum(xact_commit + xact_rollback) FROM pg_stat_database";

  private final Sandbox sandbox;
  private final List<String> servers;
  private final Audit audit;
  private final Costs before;

  private Meter(Sandbox sandbox, boolean started, List<String> servers) throws Exception {
    this.sandbox = sandbox;
    this.servers = servers;
    this.audit = Audit.fromNow(sandbox.plane());
    this.before = now(started);
  }

  /// @param servers PostgreSQL servers of the sandbox, by their names
  static Meter start(Sandbox sandbox, String... servers) throws Exception {
    return new Meter(sandbox, true, List.of(servers));
  }

  /// Counts what an operator costs that is started next.
  static Meter beforeItStarts(Sandbox sandbox, String... servers) throws Exception {
    return new Meter(sandbox, false, List.of(servers));
  }

  /// What the work since the start cost, without the question itself.
  Costs costs() throws Exception {
    double asked = servers.size();
    var questions = Costs.of(Map.of(Cost.LOGINS, asked, Cost.TRANSACTIONS, asked));
    return now(true).minus(before).minus(questions);
  }

  /// @param started whether there is an operator: counts of its process are 0 without one
  private Costs now(boolean started) throws Exception {
    var amounts = new EnumMap<Cost, Double>(Cost.class);
    for (var cost : Cost.values()) amounts.put(cost, 0.0);
    if (started) ofOperator(amounts);
    for (var name : servers) ofServer(sandbox.postgres(name), amounts);
    amounts.put(Cost.API_SERVER, (double) Cpu.millis(Cpu.ofProgram("kube-apiserver")));
    amounts.put(Cost.ETCD, (double) Cpu.millis(Cpu.ofProgram("etcd")));
    amounts.put(Cost.REQUESTS, (double) ours(audit.requests()));
    amounts.put(Cost.WRITES, (double) ours(audit.writes()));
    return new Costs(amounts);
  }

  private void ofOperator(Map<Cost, Double> amounts) throws Exception {
    long pid = sandbox.operator().pid();
    amounts.put(Cost.OPERATOR, (double) Cpu.millis(pid));
    amounts.put(Cost.STATEMENTS, sandbox.operator().statements());
    amounts.put(Cost.READ, bytes(pid, "rchar"));
    amounts.put(Cost.WRITTEN, bytes(pid, "wchar"));
  }

  private static void ofServer(Postgres server, Map<Cost, Double> amounts) throws Exception {
    amounts.merge(Cost.SERVERS, (double) Cpu.millis(server.pid()), Double::sum);
    var sums = server.ask("postgres", STATISTICS).split(" ");
    amounts.merge(Cost.LOGINS, Double.parseDouble(sums[0]), Double::sum);
    amounts.merge(Cost.TRANSACTIONS, Double.parseDouble(sums[1]), Double::sum);
  }

  /// Watches are no requests of a service.
  private static long ours(List<Audit.Request> requests) {
    return requests.stream()
        .filter(r -> r.name().startsWith(Services.NAMESPACE + "/") && !r.verb().equals("watch"))
        .count();
  }

  /// What a process read or wrote by system calls (proc(5), `io`).
  private static double bytes(long pid, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/%d/io".formatted(pid))).stream()
        .filter(line -> line.startsWith(field + ": "))
        .mapToDouble(line -> Double.parseDouble(line.substring(field.length() + 2)))
        .sum();
  }
}
