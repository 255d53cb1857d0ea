package dev.backingservice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.faults.Lives.Phase;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Every write of a service's life may fail in every way, and its life ends as an undisturbed one
/// does: the same server, epochs, logins and rollouts. `make test-faults` plays all plans.
@Execution(ExecutionMode.CONCURRENT)
class FaultsIT {
  private static final int PLANS = Integer.getInteger("backing.plans", 150);
  /// How long nothing may change before a phase is at its end: many lives at once take their time.
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration CALM = Duration.ofSeconds(2);
  private final Map<Phase, Snapshot> undisturbed = new EnumMap<>(Phase.class);

  @Test
  void everyWriteMayFailInEveryWay() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var servers = servers(sandbox);
      var script = new Script();
      var proxy = sandbox.with(new ApiProxy(sandbox.plane(), script, sandbox::crash));
      sandbox.startOperator(
          Map.of(
              "KUBECONFIG",
              proxy.kubeconfig(sandbox.plane()).toString(),
              "KUBERNETES_REQUEST_TIMEOUT",
              "4000",
              "BACKING_ROLLOUTS",
              "500"));
      for (var server : List.of("blue", "green", "green-too"))
        Waiting.until(
            server + " is ready",
            () -> sandbox.serverCondition(server, "Ready").equals("True/Ready"));
      undisturbed(new Lives(sandbox, servers, List.of("undisturbed")), script);
      assertThat(undisturbed.get(Phase.Reattach).service()).isEqualTo("green-too 5 ReadWrite");
      var plans = plans(script.seen("undisturbed"));
      var lives = dealt(plans);
      lives.forEach(script::plan);

      // When
      var wrong = lived(new Lives(sandbox, servers, List.copyOf(lives.keySet())), script, lives);

      // Then
      var points = new LinkedHashSet<>(plans.stream().map(Plan::point).toList());
      System.out.printf(
          "%,d plans, %,d of them came to pass, at %d points: %s%n",
          plans.size(), script.met().size(), points.size(), points);
      assertThat(wrong).isEmpty();
      assertThat(script.met().size()).isGreaterThan(plans.size() * 4 / 5);
      assertThat(sandbox.operator().alive()).isTrue();
    }
  }

  private static Map<String, Postgres> servers(Sandbox sandbox) throws SQLException {
    var blue = sandbox.server("blue", 17).withDatabase("orders");
    var green = sandbox.server("green", 17).withDatabase("orders");
    sandbox.register("green-too", green.port());
    sandbox.namespace("faults");
    return Map.of("blue", blue, "green", green);
  }

  private void undisturbed(Lives life, Script script) throws Exception {
    life.born();
    for (var phase : Phase.values()) {
      script.phase(phase.name());
      life.begin(phase);
      undisturbed.put(phase, calm(life));
    }
    System.out.println("undisturbed: " + undisturbed);
  }

  /// What a phase comes to when it has ended, nothing changes any more, and no overlap is about to
  /// end.
  private static Snapshot calm(Lives life) throws Exception {
    var last = life.seen().values().iterator().next();
    long since = System.nanoTime();
    long end = since + PATIENCE.toNanos();
    while (System.nanoTime() - since < CALM.toNanos() && System.nanoTime() < end) {
      Thread.sleep(200);
      var now = life.seen().values().iterator().next();
      if (!now.equals(last) || !now.ended() || now.overlaps()) since = System.nanoTime();
      last = now;
    }
    assertThat(last.ended()).as("%s", last).isTrue();
    return last;
  }

  /// Every point with every fault, in an order that mixes them; as many as are asked for. An
  /// operator that is killed before it has remembered anything, or is not told that the resource
  /// says from now on that it was attached, skips an epoch: see `CrashIT`.
  private static List<Plan> plans(List<Point> points) {
    var all = new ArrayList<Plan>();
    for (var point : points)
      for (var fault : Fault.values())
        if (!point.phase().equals(Phase.Attach.name()) || remembers(point, fault))
          all.add(new Plan(point, fault));
    Collections.shuffle(all, new Random(1));
    return all.subList(0, Math.min(PLANS, all.size()));
  }

  private static boolean remembers(Point point, Fault fault) {
    boolean marks = point.write().equals("PATCH backingservices");
    return !fault.kills() && !(marks && fault.untold());
  }

  /// Gives each service at most one plan of each phase.
  private static SortedMap<String, List<Plan>> dealt(List<Plan> plans) {
    var lives = new TreeMap<String, List<Plan>>();
    for (var phase : Phase.values()) {
      int n = 0;
      for (var plan : plans)
        if (plan.point().phase().equals(phase.name()))
          lives.computeIfAbsent("f%04d".formatted(n++), _ -> new ArrayList<>()).add(plan);
    }
    return lives;
  }

  /// Plays the lives side by side, up to the first phase that does not end as it should.
  ///
  /// @return what is wrong, by plan
  private Map<String, String> lived(Lives lives, Script script, Map<String, List<Plan>> plans)
      throws Exception {
    lives.born();
    var wrong = new TreeMap<String, String>();
    for (var phase : Phase.values()) {
      script.phase(phase.name());
      lives.begin(phase);
      var expected = undisturbed.get(phase);
      long end = System.nanoTime() + PATIENCE.toNanos();
      var seen = lives.seen();
      while (!seen.values().stream().allMatch(expected::equals) && System.nanoTime() < end) {
        Thread.sleep(500);
        var now = lives.seen();
        if (!now.equals(seen)) end = System.nanoTime() + PATIENCE.toNanos();
        seen = now;
      }
      seen.forEach(
          (name, is) -> {
            if (!is.equals(expected))
              wrong.put(
                  name + " after " + plans.get(name),
                  "%s: %s instead of %s".formatted(phase, is, expected));
          });
      if (!wrong.isEmpty()) break;
    }
    return wrong;
  }
}
