package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.api.AbstractDoubleAssert;
import org.junit.jupiter.api.Test;

/// What the operator shows of itself.
class MetricsIT {
  @Test
  void everyMetricThatIsPromisedIsThereAndTrue() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    try (var session = stage.session(blue)) {
      stage.swap(stage.green);
      stage.eventuallyOn(stage.green);
    }
    blue.stop();

    // Then
    stage.eventually(
        () -> {
          shown(stage, "backingservice_services{phase=\"Attached\"}").isPositive();
          shown(stage, "backingservice_swap_duration_seconds_count{phase=\"Fence\"}").isPositive();
          assertThat(metrics(stage))
              .contains("backingservice_swap_duration_seconds_bucket{phase=\"Cut\",le=\"0.5\"}");
          shown(stage, "backingservice_swap_oldest_seconds").isNotNegative();
          shown(stage, "backingservice_fence_sessions_total").isPositive();
          shown(stage, "backingservice_fence_debts{server=\"%s\"}".formatted(stage.green)).isZero();
          shown(stage, "backingservice_rotations_total{result=\"succeeded\"}").isZero();
          shown(stage, "backingservice_server_up{server=\"%s\"}".formatted(stage.green)).isOne();
          shown(stage, "backingservice_server_up{server=\"%s\"}".formatted(stage.blue)).isZero();
          shown(
                  stage,
                  "backingservice_server_findings{server=\"%s\",severity=\"Critical\"}"
                      .formatted(stage.green))
              .isZero();
          shown(stage, "backingservice_certificate_not_after_timestamp_seconds")
              .isGreaterThan(System.currentTimeMillis() / 1000.0);
          shown(stage, "backingservice_api_last_contact_seconds").isBetween(0.0, 10.0);
        });
    assertThat(stage.sandbox.operator().get("/q/health/ready")).contains("API server heard");
    assertThat(stage.sandbox.operator().get("/q/health/live")).contains("\"UP\"");
    var seen = stage.sandbox.backingServer(stage.green).getStatus().tls();
    assertThat(seen.protocol()).isEqualTo("TLSv1.3");
    assertThat(seen.notAfter()).isGreaterThan("2026");
  }

  private static String metrics(Stage stage) throws Exception {
    return stage.sandbox.operator().get("/q/metrics");
  }

  private static AbstractDoubleAssert<?> shown(Stage stage, String series) throws Exception {
    return assertThat(value(stage, series)).as(series);
  }

  private static double value(Stage stage, String series) throws Exception {
    return metrics(stage)
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }
}
