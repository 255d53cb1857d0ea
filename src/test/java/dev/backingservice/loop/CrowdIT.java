package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Relay;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.SwapTimes;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Servers that hang hold up nobody but their own services.
@Execution(ExecutionMode.CONCURRENT)
@Order(1) // it is long
@ResourceLock("the whole machine")
class CrowdIT {
  private static final int SERVERS = 20;
  private static final int DRIPPING = 8;
  private static final int SERVICES = 50;
  private static final int OWING = Integer.getInteger("backing.owing", 60);
  private static final int SWAPS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// Far more than a swap takes, and less than the time-outs of two hanging servers in a row.
  private static final Duration SWAP = Duration.ofSeconds(20);

  @Test
  void aSwapGoesOnWhileTwentyServersHangOrDripWithFiftyServicesOnThem() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var relays = crowd(sandbox, SERVERS, SERVICES);
      var before = swaps(sandbox);

      // When
      for (int i = 0; i < SERVERS; i++)
        if (i < DRIPPING) relays.get(i).drip();
        else relays.get(i).hang();
      unreachable(sandbox, SERVERS);
      var beside = swaps(sandbox);

      // Then
      System.out.printf("swaps: %s; %s beside such servers%n", before, beside);
      assertThat(beside.median()).isLessThan(SWAP);
      assertThat(sandbox.operator().alive()).isTrue();
    }
  }

  @Test
  void aSwapGoesOnWhileADeadServerOwesManyFences() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var relay = crowd(sandbox, 1, OWING).getFirst();
      var before = swaps(sandbox);

      // When
      relay.die();
      sandbox.touch("hanging-0");
      long left = System.nanoTime();
      for (int i = 0; i < OWING; i++) sandbox.swap("crowd", "waiting-" + i, "green");
      Waiting.until(
          "every service owes a fence",
          PATIENCE.plusSeconds(OWING),
          () ->
              IntStream.range(0, OWING)
                  .allMatch(
                      i ->
                          sandbox
                              .condition("crowd", "waiting-" + i, "Fenced")
                              .equals("False/OldServerUnreachable")));
      var took = Duration.ofNanos(System.nanoTime() - left).toSeconds();
      var beside = swaps(sandbox);

      // Then
      System.out.printf(
          "swaps: %s; %s beside %d debts, which were made in %d s%n", before, beside, OWING, took);
      assertThat(beside.median()).isLessThan(SWAP);
    }
  }

  /// One service that is swapped, and others on servers of their own.
  private static List<Relay> crowd(Sandbox sandbox, int servers, int services) throws Exception {
    var blue = sandbox.server("blue", 17).withDatabase("orders");
    sandbox.server("green", 17).withDatabase("orders");
    var relays = new ArrayList<Relay>();
    for (int i = 0; i < servers; i++) {
      relays.add(sandbox.with(new Relay("127.0.0.1", 0, blue.port())));
      sandbox.register("hanging-" + i, relays.getLast().port());
    }
    sandbox.startOperator(Map.of("BACKING_SERVER_CONNECTIONS", "1"));
    sandbox.namespace("crowd");
    sandbox.apply(service("swapped", "blue"));
    for (int i = 0; i < services; i++)
      sandbox.apply(service("waiting-" + i, "hanging-" + i % servers));
    ready(sandbox, List.of("swapped"));
    ready(sandbox, IntStream.range(0, services).mapToObj(i -> "waiting-" + i).toList());
    return relays;
  }

  private static void unreachable(Sandbox sandbox, int servers) throws Exception {
    for (int i = 0; i < servers; i++) sandbox.touch("hanging-" + i);
    Waiting.until(
        "the servers are seen to hang",
        PATIENCE,
        () ->
            IntStream.range(0, servers)
                .allMatch(
                    i -> sandbox.serverCondition("hanging-" + i, "Reachable").startsWith("False")));
  }

  private static void ready(Sandbox sandbox, List<String> services) throws Exception {
    Waiting.until(
        "every service is ready",
        PATIENCE,
        () ->
            services.stream()
                .allMatch(s -> sandbox.condition("crowd", s, "Ready").equals("True/Ready")));
  }

  private static SwapTimes swaps(Sandbox sandbox) throws Exception {
    return SwapTimes.of(sandbox, "crowd", "swapped", SWAPS);
  }

  private static String service(String name, String server) {
    return """
    apiVersion: backingservice.dev/v1alpha1
    kind: BackingService
    metadata: {name: %s, namespace: crowd}
    spec: {server: %s, postgresql: {database: orders}}
    """
        .formatted(name, server);
  }
}
