package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Writer;
import org.junit.jupiter.api.Test;

class SwapIT {
  @Test
  void aSwapUnderAWriterLosesNothingAndWritesNothingOnTheOldServerAfterTheCut() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.sandbox.apply(deployment(stage.namespace));
    stage.apply(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    stage.eventually("RolledOut", "True/RolledOut");
    try (var client = stage.sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, stage.namespace, stage.service, 4)) {
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(200));

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("RolledOut", "True/RolledOut");
      int before = writer.ledger().size();
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 200));
      writer.close();
      var verdict = Ledger.judge(writer, blue, green);
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
      assertThat(verdict.onNew()).isPositive();
    }
    assertThat(stage.template().getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/orders-db", "2");
  }

  @Test
  void theSessionsOfOthersOnTheOldServerGoOn() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    blue.execute(
        "postgres",
        "CREATE ROLE other LOGIN PASSWORD 'other'",
        "GRANT CONNECT ON DATABASE orders TO other");
    try (var ours = stage.session(blue);
        var others = blue.login("orders", "other", "other")) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      assertThat(stage.status().swap().fence().sessionsEnded()).isOne();
      assertThat(ours.isValid(1)).isFalse();
      assertThat(others.isValid(1)).isTrue();
    }
  }

  static String deployment(String namespace) {
    return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders, namespace: %s}
        spec:
          replicas: 1
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec:
              containers:
              - {name: app, image: registry.invalid/orders}
        """
        .formatted(namespace);
  }
}
