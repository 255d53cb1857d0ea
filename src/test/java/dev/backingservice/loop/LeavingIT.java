package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backingservice.api.BackingServer;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Postgres;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Leaving a server that is not simply there or gone: its administration is dead, it hangs, it
/// refuses the administrator.
class LeavingIT {
  @Test
  void aDeadAdministrationEndpointIsNoDeathWhileWorkloadsGoOn() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var version = stage.secret().getMetadata().getResourceVersion();
    stage
        .sandbox
        .admin()
        .resources(BackingServer.class)
        .withName(stage.blue)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"admin\":{\"endpoint\":{\"host\":\"127.0.0.1\",\"port\":%d}}}}"
                .formatted(Ports.free()));
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable")).startsWith("False"));

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Ready", "False/ServerUnreachable");
    stage.eventually(
        () -> assertThat(stage.message("Ready")).contains("swap.ifNotDrained: Proceed"));
    assertThat(stage.secret().getMetadata().getResourceVersion()).isEqualTo(version);
    stage.session(blue).close();
  }

  @Test
  void aHungServerIsRefusedWithTheWayOutAndThenLeftInTime() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    try (var _ = blue.frozen()) {
      await()
          .atMost(Duration.ofMinutes(2)) // connections that hang are given up one after the other
          .untilAsserted(
              () ->
                  assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable"))
                      .startsWith("False"));

      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Ready", "False/ServerUnreachable");
      stage.eventually(
          () -> assertThat(stage.message("Ready")).contains("swap.ifNotDrained: Proceed"));
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);

      // When
      var edited = Instant.now();
      stage.patch("{\"spec\":{\"swap\":{\"fenceTimeout\":\"3s\",\"ifNotDrained\":\"Proceed\"}}}");
      stage.eventuallyOn(stage.green);

      // Then
      assertThat(Duration.between(edited, Instant.now())).isLessThan(Duration.ofSeconds(15));
      stage.eventually("Fenced", "False/SessionsRemain");
    }

    // When it wakes, then
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, login)).isFalse();
  }

  @Test
  void anAdministratorThatIsRefusedOnTheOldServerRefusesTheSwapUntilItsSecretIsRight()
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    password(stage, "wrong");
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable"))
                .isEqualTo("False/AdminRefused"));

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Ready", "False/AdminRefused");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(stage.status().swap()).isNull();
    stage.session(blue).close();

    // When
    password(stage, Postgres.ADMIN_PASSWORD);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Fenced", "True/Fenced");
  }

  private static void password(Stage stage, String password) {
    stage
        .sandbox
        .admin()
        .secrets()
        .inNamespace("backing-service-operator")
        .withName(stage.blue + "-admin")
        .edit(
            s -> {
              s.setStringData(Map.of("password", password));
              return s;
            });
  }
}
