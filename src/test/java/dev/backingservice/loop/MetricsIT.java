package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
          shown(stage, "backingservice_certificate_overdue_seconds").isZero();
          shown(stage, "backingservice_certificate_not_after_timestamp_seconds")
              .isGreaterThan(System.currentTimeMillis() / 1000.0);
          shown(stage, "backingservice_api_last_contact_seconds").isBetween(0.0, 10.0);
          shown(stage, "backingservice_leading").isOne();
          shown(stage, "backingservice_idle_seconds").isBetween(0.0, 60.0);
        });
    assertThat(stage.sandbox.operator().get("/q/health/ready")).contains("API server heard");
    assertThat(stage.sandbox.operator().get("/q/health/live")).contains("\"UP\"");
    var seen = stage.sandbox.backingServer(stage.green).getStatus().tls();
    assertThat(seen.protocol()).isEqualTo("TLSv1.3");
    assertThat(seen.notAfter()).isGreaterThan("2026");
  }

  @Test
  void whatAlertsAndDashboardNameIsThere() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var expressions = Expressions.ofTheChart();
    assertThat(expressions).hasSizeGreaterThan(15);

    // Then
    for (var shipped : expressions) {
      assertThat(shipped.lost()).as(shipped.said()).isEmpty();
      stage.eventually(
          () ->
              assertThat(Expressions.unknown(shipped.expression(), metrics(stage)))
                  .as(shipped.expression())
                  .isEmpty());
    }
    assertThat(Expressions.unknown("sum by (nobody) (backingservice_services)", metrics(stage)))
        .containsExactly("label nobody");
    assertThat(Expressions.unknown("backingservice_server_up{phase=\"x\"}", metrics(stage)))
        .containsExactly("label phase");
    assertThat(Expressions.unknown("backingservice_nothing > 0", metrics(stage)))
        .containsExactly("metric backingservice_nothing");
    assertThat(Expressions.unknown("sum(rate(kube_pods[5m])) > 0", metrics(stage)))
        .containsExactly("metric kube_pods");
    assertThat(new Expressions.Shipped("max(a)", "of {{ $labels.server }}: {{ $value }}").lost())
        .containsExactly("server");
  }

  @Test
  void everyMetricSaysWhatItMeans() throws Exception {
    var stage = new Stage();
    var named = metrics(stage).lines().filter(l -> l.startsWith("# TYPE backingservice_")).count();
    assertThat(named).isGreaterThan(10);
    assertThat(metrics(stage).lines().filter(l -> l.matches("# HELP backingservice_\\S+ \\S.*")))
        .hasSize((int) named);
    var reference = Files.readString(Path.of("src/docs/reference.md"));
    assertThat(
            metrics(stage)
                .lines()
                .filter(l -> l.startsWith("# TYPE backingservice_"))
                .map(l -> l.split(" ")[2])
                .filter(name -> !name.endsWith("_max")))
        .allMatch(name -> reference.contains("| `" + name), "is documented");
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
