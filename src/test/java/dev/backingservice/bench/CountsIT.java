package dev.backingservice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/// How much is asked of the API server and of the servers. Times differ from machine to machine,
/// counts do not: a change that asks more has to raise a bound here.
@Isolated("on a busy machine watches are slower, and more is asked for")
class CountsIT {
  private static final int SERVICES = 20;
  private static final int SWAPS = 4;
  private static final String BLUE = "blue";
  private static final String GREEN = "green";

  /// Of one attachment. Now and then the finalizer is set twice, where the watch is slower than the
  /// framework, and a server is looked at meanwhile.
  private static final Map<Cost, Double> ATTACHMENT =
      Map.of(
          Cost.REQUESTS, 6.6,
          Cost.WRITES, 5.5,
          Cost.STATEMENTS, 11.5,
          Cost.TRANSACTIONS, 9.0,
          Cost.LOGINS, 1.6);

  /// Of the cheaper half of the swaps: sessions are counted until nobody is left, more often where
  /// they end slowly.
  private static final Map<Cost, Double> SWAP =
      Map.of(
          Cost.REQUESTS, 17.0,
          Cost.WRITES, 13.0,
          Cost.STATEMENTS, 96.0,
          Cost.TRANSACTIONS, 90.0,
          Cost.LOGINS, 8.0);

  /// Of all services in a minute at rest: a binding Secret is read once in 50 s, and each server is
  /// looked at every 15 s.
  private static final Map<Cost, Double> MINUTE =
      Map.of(
          Cost.REQUESTS, 2.0 * (SERVICES + 1),
          Cost.WRITES, 0.0,
          Cost.STATEMENTS, 100.0,
          Cost.LOGINS, 10.0);

  /// Of each service at a restart of the operator.
  private static final Map<Cost, Double> RESTART =
      Map.of(Cost.REQUESTS, 3.0, Cost.WRITES, 0.0, Cost.STATEMENTS, 6.0, Cost.LOGINS, 2.0);

  @Test
  void nothingAsksMoreThanItNeeds() throws Exception {
    try (var sandbox = Sandbox.start()) {
      for (var name : List.of(BLUE, GREEN)) sandbox.server(name, 17).withDatabase("orders");
      sandbox.namespace(Services.NAMESPACE);
      sandbox.startOperator(Map.of(), Launch.packaged());
      attach(sandbox, "first"); // makes the groups

      within("an attachment", attachments(sandbox).per(SERVICES), ATTACHMENT);
      swap(sandbox, GREEN); // makes the groups there
      within("a swap", swaps(sandbox), SWAP);
      within("a minute", minute(sandbox), MINUTE);
      within("a restart", restart(sandbox).per(SERVICES + 1), RESTART);
    }
  }

  private static void within(String what, Costs costs, Map<Cost, Double> bounds) {
    System.out.printf("%s: %s%n", what, costs.amounts());
    bounds.forEach(
        (cost, bound) ->
            assertThat(costs.amounts().get(cost))
                .as("%s of %s", cost, what)
                .isLessThanOrEqualTo(bound));
  }

  private static Costs attachments(Sandbox sandbox) throws Exception {
    var meter = Meter.start(sandbox, BLUE, GREEN);
    for (int i = 0; i < SERVICES; i++) sandbox.apply(Services.yaml(Clients.name(i), BLUE));
    for (int i = 0; i < SERVICES; i++) ready(sandbox, Clients.name(i));
    return settled(meter);
  }

  private static Costs swaps(Sandbox sandbox) throws Exception {
    var swaps = new ArrayList<Costs>();
    for (int i = 0; i < SWAPS; i++) {
      var meter = Meter.start(sandbox, BLUE, GREEN);
      swap(sandbox, i % 2 == 0 ? BLUE : GREEN);
      swaps.add(settled(meter));
    }
    return Costs.share(swaps, 0.25);
  }

  private static Costs minute(Sandbox sandbox) throws Exception {
    var meter = Meter.start(sandbox, BLUE, GREEN);
    TimeUnit.MINUTES.sleep(1);
    return meter.costs();
  }

  private static Costs restart(Sandbox sandbox) throws Exception {
    sandbox.operator().close();
    var meter = Meter.beforeItStarts(sandbox, BLUE, GREEN);
    sandbox.startOperator(Map.of(), Launch.packaged());
    Waiting.until("a start", () -> sandbox.operator().log().contains("started in"));
    TimeUnit.SECONDS.sleep(10);
    return settled(meter);
  }

  /// With what follows at once: the last statuses, events and statistics of servers.
  private static Costs settled(Meter meter) throws Exception {
    TimeUnit.SECONDS.sleep(2);
    return meter.costs();
  }

  private static void attach(Sandbox sandbox, String name) throws Exception {
    sandbox.apply(Services.yaml(name, BLUE));
    ready(sandbox, name);
  }

  private static void swap(Sandbox sandbox, String to) throws Exception {
    sandbox.swap(Services.NAMESPACE, "first", to);
    ready(sandbox, "first");
  }

  private static void ready(Sandbox sandbox, String name) throws Exception {
    Waiting.until(name + " is Ready", () -> Services.ready(sandbox, name));
  }
}
