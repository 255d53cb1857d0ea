package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Rollouts;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Writer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SwapIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static Sandbox sandbox;

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.start();
    for (var name : new String[] {"blue", "green"}) {
      var server = sandbox.server(name, 17).withDatabase("orders");
      server.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
    }
    sandbox.namespace("shop");
    sandbox.with(new Rollouts(sandbox.plane()));
    sandbox.startOperator(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    sandbox.close();
  }

  @Test
  void aSwapUnderAWriterLosesNothingAndWritesNothingOnTheOldServerAfterTheCut() throws Exception {
    // Given
    sandbox.apply(DEPLOYMENT);
    sandbox.apply(SERVICE);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(sandbox.condition("shop", "orders-db", "RolledOut"))
                    .isEqualTo("True/RolledOut"));
    try (var client = sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, "shop", "orders-db", 4)) {
      await().atMost(PATIENCE).until(() -> writer.ledger().size() > 200);

      // When
      sandbox.swap("shop", "orders-db", "green");

      // Then
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(sandbox.service("shop", "orders-db").getStatus().active().server())
                      .isEqualTo("green"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(sandbox.condition("shop", "orders-db", "RolledOut"))
                      .isEqualTo("True/RolledOut"));
      int before = writer.ledger().size();
      await().atMost(PATIENCE).until(() -> writer.ledger().size() > before + 200);
      writer.close();
      var verdict =
          Ledger.judge(writer.ledger(), sandbox.postgres("blue"), sandbox.postgres("green"));
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
      assertThat(verdict.onNew()).isPositive();
    }
    var template =
        sandbox
            .admin()
            .apps()
            .deployments()
            .inNamespace("shop")
            .withName("orders")
            .get()
            .getSpec()
            .getTemplate();
    assertThat(template.getMetadata().getAnnotations())
        .containsEntry("backingservice.dev/orders-db", "2");
  }

  static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: orders, namespace: shop}
      spec:
        replicas: 1
        selector: {matchLabels: {app: orders}}
        template:
          metadata: {labels: {app: orders}}
          spec:
            containers:
            - {name: app, image: registry.invalid/orders}
      """;

  static final String SERVICE =
      """
      apiVersion: backingservice.dev/v1alpha1
      kind: BackingService
      metadata: {name: orders-db, namespace: shop}
      spec:
        server: blue
        postgresql: {database: orders}
        workloads: [{kind: Deployment, name: orders}]
      """;
}
