package dev.backingservice.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsSnapshotTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /// A quarter of the life, at most a week, is the time in which a renewal is late.
  @ParameterizedTest
  @CsvSource({
    "1h, PT16M, 0",
    "1h, PT14M, 60",
    "2160h, P8D, 0",
    "2160h, P6D, 86400",
    "8760h, P8D, 0",
    "8760h, P6D, 86400",
    "96h, P2D, 0",
    "96h, PT23H, 3600"
  })
  void aClientCertificateIsOverdueAfterThreeQuartersOfItsLife(
      String life, Duration left, double overdue) {
    var service = service(life, NOW.plus(left));
    assertThat(snapshot(List.of(service), List.of()).certificateOverdue()).isEqualTo(overdue);
  }

  @ParameterizedTest
  @CsvSource({
    "P4D, P2D, True, 0",
    "P4D, PT23H, True, 3600",
    "P365D, P6D, True, 86400",
    "P365D, P6D, False, 0"
  })
  void aServersCertificateLikewiseWhileItAnswers(
      Duration life, Duration left, String reachable, double overdue) {
    var end = NOW.plus(left);
    var server = server(end.minus(life).toString(), end, reachable);
    assertThat(snapshot(List.of(), List.of(server)).certificateOverdue()).isEqualTo(overdue);
  }

  @Test
  void nothingIsSaidOfACertificateWhoseLifeIsUnknown() {
    var server = server("", NOW.plusSeconds(1), "True");
    assertThat(snapshot(List.of(), List.of(server)).certificateOverdue()).isZero();
  }

  @Test
  void theLatestCounts() {
    var services = List.of(service("1h", NOW.plusSeconds(14 * 60)), service("1h", NOW));
    assertThat(snapshot(services, List.of()).certificateOverdue()).isEqualTo(15 * 60);
  }

  private static MetricsSnapshot snapshot(
      List<BackingService> services, List<BackingServer> servers) {
    return new MetricsSnapshot(services, servers, NOW);
  }

  private static BackingService service(String life, Instant end) {
    return Serialization.unmarshal(
        """
        metadata: {name: a, namespace: b}
        spec: {server: blue, certificate: {duration: %s}}
        status: {certificate: {notAfter: "%s"}}
        """
            .formatted(life, end),
        BackingService.class);
  }

  private static BackingServer server(String begin, Instant end, String reachable) {
    return Serialization.unmarshal(
        """
        metadata: {name: blue}
        spec: {engine: PostgreSQL, host: blue}
        status:
          tls: {%s notAfter: "%s"}
          conditions: [{type: Reachable, status: "%s", reason: Reachable, message: ""}]
        """
            .formatted(begin.isEmpty() ? "" : "notBefore: \"" + begin + "\",", end, reachable),
        BackingServer.class);
  }
}
