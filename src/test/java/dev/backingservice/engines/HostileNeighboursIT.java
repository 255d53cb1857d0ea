package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.SwapTimes;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// One operator, one server of each hostile mode with a service on it, and two servers that are
/// well: what is swapped between these keeps its pace.
@Execution(ExecutionMode.CONCURRENT)
class HostileNeighboursIT {
  private static final int SWAPS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Far more than a swap takes; the figures are read, not asserted.
  private static final Duration SWAP = Duration.ofSeconds(20);

  private static final long MOST_MEBIBYTES = 600;

  @Test
  void aSwapGoesOnBesideServersOfEveryHostileMode() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.server("blue", 17).withDatabase("orders");
      sandbox.server("green", 17).withDatabase("orders");
      sandbox.startOperator(Map.of());
      sandbox.namespace("hostile");
      sandbox.apply(service("swapped", "blue"));
      Waiting.until(
          "attached",
          PATIENCE,
          () -> sandbox.condition("hostile", "swapped", "Ready").equals("True/Ready"));
      var before = SwapTimes.of(sandbox, "hostile", "swapped", SWAPS);

      // When
      for (var mode : HostileMode.values()) {
        var hostile =
            sandbox.with(
                new HostileServer(
                    mode, sandbox.pki(), new HostilePostgres(Postgres.ADMIN_PASSWORD)));
        sandbox.register(name(mode), hostile.port());
        sandbox.apply(service("on-" + name(mode), name(mode)));
      }
      Waiting.until(
          "every hostile server was asked",
          PATIENCE,
          () -> modes().noneMatch(m -> ready(sandbox, m).isEmpty()));
      var beside = SwapTimes.of(sandbox, "hostile", "swapped", SWAPS);

      // Then
      System.out.printf(
          "swaps: %s; %s beside %d hostile servers%n", before, beside, HostileMode.values().length);
      assertThat(beside.median()).isLessThan(SWAP);
      assertThat(modes().filter(m -> ready(sandbox, m).startsWith("True"))).isEmpty();
      assertThat(sandbox.operator().residentMebibytes()).isLessThan(MOST_MEBIBYTES);
      assertThat(sandbox.operator().log())
          .doesNotContain(Postgres.ADMIN_PASSWORD, "OutOfMemoryError");
    }
  }

  private static Stream<HostileMode> modes() {
    return Stream.of(HostileMode.values());
  }

  private static String ready(Sandbox sandbox, HostileMode mode) {
    return sandbox.serverCondition(name(mode), "Ready");
  }

  private static String name(HostileMode mode) {
    return mode.name().replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static String service(String name, String server) {
    return """
    apiVersion: backingservice.dev/v1alpha1
    kind: BackingService
    metadata: {name: %s, namespace: hostile}
    spec: {server: %s, postgresql: {database: orders}}
    """
        .formatted(name, server);
  }
}
