package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.SwapProgress;
import org.junit.jupiter.api.Test;

class HardSwapIT {

  @Test
  void aDeadServerIsLeftAtOnceAndFencedWhenItReturns() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    blue.stop();

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    stage.eventually("Fenced", "False/OldServerUnreachable");
    assertThat(stage.status().debts()).hasSize(1);
    assertThat(stage.secret().getMetadata().getAnnotations().get("backingservice.dev/debts"))
        .contains(login);
    blue.start();
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, login)).isFalse();
    assertThat(stage.status().debts()).isNull();
    stage.eventually(
        () ->
            assertThat(
                    stage.secret().getMetadata().getAnnotations().get("backingservice.dev/debts"))
                .isEmpty());
  }

  @Test
  void sessionsThatDoNotEndAbortTheSwapAndTheOldServerIsInForceAgain() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.attached(stage.blue, "swap: {fenceTimeout: 1s}");
    var login = stage.bound("username");
    try (var stuck = stage.frozen(blue)) {

      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Fenced", "False/SessionsRemain");
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);
      assertThat(Stage.canLogin(blue, login)).isTrue();
      stage.eventually("Available", "True/Available");
      try (var again = blue.login("orders", login, stage.bound("password"))) {
        again.createStatement().execute("INSERT INTO writes VALUES (1)");
      }
      stage.eventually(
          () ->
              assertThat(
                      green.ask(
                          "postgres",
                          "SELECT count(*) FROM pg_roles WHERE rolname LIKE '%orders_db_b' AND rolcanlogin"))
                  .isEqualTo("0"));
    }

    // When
    stage.annotate("backingservice.dev/retry", "now");

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void sessionsThatDoNotEndAreOwedWhenThePolicySaysProceed() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {fenceTimeout: 1s, ifNotDrained: Proceed}");
    var login = stage.bound("username");
    try (var stuck = stage.frozen(blue)) {

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually(() -> assertThat(stage.condition("Fenced")).startsWith("False/"));
    }
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void anEditTakenBackBeforeTheCutLeavesTheOldServerInForce() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {fenceTimeout: 30s}");
    var login = stage.bound("username");
    try (var stuck = stage.frozen(blue)) {
      stage.swap(stage.green);
      stage.eventually(
          () ->
              assertThat(stage.status().swap())
                  .isNotNull()
                  .extracting(SwapProgress::phase)
                  .isEqualTo("Fence"));

      // When
      stage.swap(stage.blue);

      // Then
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);
      stage.eventually(() -> assertThat(Stage.canLogin(blue, login)).isTrue());
    }
  }

  @Test
  void aSecondEditInTheMiddleGoesToTheSecondServer() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.server(stage.namespace + "-red");
    stage.attached(stage.blue, "swap: {fenceTimeout: 30s}");
    try (var stuck = stage.frozen(blue)) {
      stage.swap(stage.green);
      stage.eventually(
          () ->
              assertThat(stage.status().swap())
                  .isNotNull()
                  .extracting(SwapProgress::phase)
                  .isEqualTo("Fence"));

      // When
      stage.swap(stage.namespace + "-red");
      stage.eventually(
          () ->
              assertThat(stage.status().swap())
                  .isNotNull()
                  .extracting(SwapProgress::to)
                  .isEqualTo(stage.namespace + "-red"));
    }

    // Then
    stage.eventuallyOn(stage.namespace + "-red");
    stage.eventually("Ready", "True/Ready");
    stage.eventually(
        () ->
            assertThat(
                    green.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_roles WHERE rolname LIKE '%orders_db_%' AND rolcanlogin"))
                .isEqualTo("0"));
  }

  @Test
  void aSwapThereAndBackUsesBothSlotsAndLocksTheOtherOne() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.attached(stage.blue, "");
    stage.swap(stage.green);
    stage.eventually("Ready", "True/Ready");
    stage.eventuallyOn(stage.green);

    // When
    stage.swap(stage.blue);

    // Then
    stage.eventuallyOn(stage.blue);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().active().epoch()).isEqualTo(3);
    assertThat(
            blue.ask(
                "postgres",
                "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__' AND rolcanlogin"))
        .isEqualTo(stage.bound("username"));
    assertThat(
            green.ask(
                "postgres",
                "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__' AND rolcanlogin"))
        .isEqualTo("0");
  }

  @Test
  void theSameServerUnderAnotherNameIsARepointThatFencesNobody() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.register(stage.green, blue.port());
    stage.attached(stage.blue, "");
    try (var session = blue.login("orders", stage.bound("username"), stage.bound("password"))) {

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
      assertThat(stage.status().active().epoch()).isEqualTo(2);
    }
  }
}
