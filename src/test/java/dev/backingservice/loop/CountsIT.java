package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.OperatorProcess;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// How much is asked of the API server and of the servers. Times differ from machine to machine,
/// counts do not: a change that asks more has to raise a bound here.
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("the whole machine")
class CountsIT {
  private static final int SERVICES = 20;
  private static final int SWAPS = 4;
  private static final String NAMESPACE = "counts";

  private static final double REQUESTS_OF_A_SWAP = 18;
  private static final double WRITES_OF_A_SWAP = 14;
  /// Sessions are counted until nobody is left: more often where they end slowly.
  private static final double SQL_OF_A_SWAP = 96;
  private static final double LOGINS_OF_A_SWAP = 6;

  @Test
  void attachingAndSwappingAskNoMoreThanTheyNeed() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var servers =
          List.of(
              sandbox.server("blue", 17).withDatabase("orders"),
              sandbox.server("green", 17).withDatabase("orders"));
      sandbox.namespace(NAMESPACE);
      var operator = sandbox.startOperator(Map.of());
      attach(sandbox, "first"); // makes the groups

      // When
      var before = Counts.of(operator, servers);
      var audit = Audit.fromNow(sandbox.plane());
      for (int i = 0; i < SERVICES; i++) sandbox.apply(service("many-" + i));
      for (int i = 0; i < SERVICES; i++) ready(sandbox, "many-" + i);
      TimeUnit.SECONDS.sleep(2);

      // Then: now and then the finalizer is set twice, where the watch is slower than the framework
      var attached = Counts.of(operator, servers).since(before);
      var asked = per(audit, SERVICES);
      System.out.printf("per attachment: %s, %s%n", attached.per(SERVICES), asked);
      assertThat(requests(asked)).as("API requests per attachment: %s", asked).isLessThan(7);
      assertThat(writes(asked)).as("API writes per attachment: %s", asked).isLessThan(6);
      assertThat(attached.per(SERVICES).statements).as("SQL per attachment").isLessThan(12);
      assertThat(attached.per(SERVICES).logins).as("logins per attachment").isLessThan(1.6);

      // When
      sandbox.swap(NAMESPACE, "first", "green"); // the groups there
      ready(sandbox, "first");
      var settled = Counts.of(operator, servers);
      var swaps = Audit.fromNow(sandbox.plane());
      var statements = new ArrayList<Double>();
      for (int i = 0; i < SWAPS; i++) {
        double begun = operator.statements();
        sandbox.swap(NAMESPACE, "first", i % 2 == 0 ? "blue" : "green");
        ready(sandbox, "first");
        statements.add(operator.statements() - begun);
      }
      TimeUnit.SECONDS.sleep(2);

      // Then
      var swapped = Counts.of(operator, servers).since(settled);
      var askedBySwaps = per(swaps, SWAPS);
      System.out.printf("per swap: %s, %s, %s%n", swapped.per(SWAPS), statements, askedBySwaps);
      assertThat(requests(askedBySwaps)).as("API requests per swap").isLessThan(REQUESTS_OF_A_SWAP);
      assertThat(writes(askedBySwaps)).as("API writes per swap").isLessThan(WRITES_OF_A_SWAP);
      // now and then a server is looked at meanwhile
      var fewest = statements.stream().sorted().limit(SWAPS / 2).toList();
      assertThat(fewest).as("SQL per swap: %s", statements).allMatch(n -> n < SQL_OF_A_SWAP);
      assertThat(swapped.per(SWAPS).logins).as("logins per swap").isLessThan(LOGINS_OF_A_SWAP);
    }
  }

  private static void attach(Sandbox sandbox, String name) throws Exception {
    sandbox.apply(service(name));
    ready(sandbox, name);
  }

  private static void ready(Sandbox sandbox, String name) throws Exception {
    Waiting.until(
        name + " is ready",
        () -> {
          var service = sandbox.service(NAMESPACE, name);
          return service.getStatus() != null
              && service
                  .getMetadata()
                  .getGeneration()
                  .equals(service.getStatus().observedGeneration())
              && sandbox.condition(NAMESPACE, name, "Ready").startsWith("True/");
        });
  }

  private static String service(String name) {
    return """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: counts}
        spec: {server: blue, postgresql: {database: orders}}
        """
        .formatted(name);
  }

  /// By verb and resource; what concerns no service, such as the lease, is left out.
  private static Map<String, Double> per(Audit audit, int times) throws Exception {
    var per = new TreeMap<String, Double>();
    for (var request : audit.requests())
      if (request.name().startsWith(NAMESPACE + "/") && !request.verb().equals("watch"))
        per.merge(request.verb() + " " + request.resource(), 1.0 / times, Double::sum);
    return per;
  }

  private static double requests(Map<String, Double> per) {
    return per.values().stream().mapToDouble(n -> n).sum();
  }

  private static double writes(Map<String, Double> per) {
    return per.entrySet().stream()
        .filter(e -> !e.getKey().startsWith("get ") && !e.getKey().startsWith("list "))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /// What servers were asked.
  private record Counts(double statements, double logins) {
    static Counts of(OperatorProcess operator, List<Postgres> servers) throws Exception {
      double logins = 0;
      for (var server : servers)
        logins +=
            Double.parseDouble(
                server.ask("postgres", "SELECT sum(sessions)::text FROM pg_stat_database"));
      return new Counts(operator.statements(), logins);
    }

    Counts since(Counts before) {
      return new Counts(statements - before.statements, logins - before.logins);
    }

    Counts per(int times) {
      return new Counts(statements / times, logins / times);
    }
  }
}
