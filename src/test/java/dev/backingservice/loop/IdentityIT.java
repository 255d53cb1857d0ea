package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.sandbox.Postgres;
import org.junit.jupiter.api.Test;

/// Servers that are not who they were: promoted, demoted, moved, replaced, copied.
class IdentityIT {
  @Test
  void anOldServerThatIsAStandbyByNowOwesAFenceUntilItFollows() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    var green = stage.sandbox.standby(blue, stage.green);
    caughtUp(stage, green, login);
    blue.stop();
    green.promote();
    blue.follow(green);
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Writable"))
                .isEqualTo("False/InRecovery"));

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("ReadOnly");
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, login)).isFalse();
  }

  @Test
  void aPromotionBehindTheNameOfTheActiveServerMovesEverybodyToANewLogin() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(
        stage.blue, "rotation: {overlap: 0s}, workloads: [{kind: Deployment, name: orders}]");
    var login = stage.bound("username");
    var standby = stage.sandbox.unregisteredStandby(blue, stage.green);
    caughtUp(stage, standby, login);

    // When
    blue.stop();
    standby.promote();
    standby.moveTo(blue);

    // Then
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    stage.eventually("Ready", "True/Ready");
    stage.eventually("RolledOut", "True/RolledOut");
    stage.eventually("Fenced", "Unknown/HostMoved");
    assertThat(stage.message("Fenced")).contains("make sure that its predecessor is stopped");
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);
    stage.eventually(() -> assertThat(Stage.canLogin(standby, login)).isFalse());
  }

  @Test
  void aClusterThatIsTrustedToFenceItsOwnPromotesAndNobodyMoves() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    stage.sandbox.patchServer(stage.blue, "{\"spec\":{\"promotions\":\"Trust\"}}");
    var login = stage.bound("username");
    var version = stage.secret().getMetadata().getResourceVersion();
    var standby = stage.sandbox.unregisteredStandby(blue, stage.green);
    caughtUp(stage, standby, login);
    var instance = stage.sandbox.backingServer(stage.blue).getStatus().instanceId();

    // When
    blue.stop();
    standby.promote();
    standby.moveTo(blue);
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getStatus().instanceId())
                .isNotEqualTo(instance));
    stage.annotate("sandbox/look", "now");

    // Then
    stage.eventually("Ready", "True/Ready");
    stage.eventually("Fenced", "True/Fenced");
    assertThat(stage.message("Fenced")).contains(stage.blue + " is trusted to fence its own");
    assertThat(stage.status().active().epoch()).isEqualTo(1);
    assertThat(stage.secret().getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(Stage.canLogin(standby, login)).isTrue();

    // When
    var third = stage.namespace + "-third";
    stage.server(third);
    stage.swap(third);

    // Then
    stage.eventuallyOn(third);
    stage.eventually("Ready", "True/Ready");
    stage.eventually("Fenced", "True/Fenced");
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
    assertThat(Stage.canLogin(standby, login)).isFalse();
  }

  @Test
  void aPromotionBehindTheNameOfTheOldServerIsFencedAgain() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    var standby = stage.sandbox.unregisteredStandby(blue, stage.namespace + "-copy");
    caughtUp(stage, standby, login);
    standby.stop();
    stage.server(stage.green);
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("Fenced", "True/Fenced");

    // When
    blue.stop();
    standby.start();
    standby.promote();
    standby.moveTo(blue);

    // Then
    stage.eventually(() -> assertThat(Stage.canLogin(standby, login)).isFalse());
    stage.eventually("Fenced", "True/Fenced");
    stage.eventually(
        () -> assertThat(stage.status().retained().getFirst().instanceId()).endsWith("@00000002"));
  }

  @Test
  void aCopyPromotedUnderTheNameOfADeadServerDoesNotPayWhatItsPredecessorOwes() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    var serverId = stage.status().active().serverId();
    var standby = stage.sandbox.unregisteredStandby(blue, stage.namespace + "-copy");
    caughtUp(stage, standby, login);
    standby.stop();
    stage.server(stage.green);
    blue.stop();
    stage.swap(stage.green);
    stage.eventually("Fenced", "False/OldServerUnreachable");

    // When
    standby.start();
    standby.promote();
    standby.moveTo(blue);

    // Then
    stage.eventually("Fenced", "False/HostMoved");
    assertThat(stage.message("Fenced")).contains("the predecessor may be alive");
    stage.eventually(() -> assertThat(Stage.canLogin(standby, login)).isFalse());
    assertThat(stage.status().debts()).hasSize(1);

    // When
    var gone = stage.message("Fenced").replaceAll(".*gone: \"(.*)\".*", "$1");
    assertThat(gone).startsWith(serverId);
    stage.sandbox.annotate(stage.blue, "backingservice.dev/gone", gone);

    // Then
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void aSnapshotOfBeforeTheFenceIsFencedAgain() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    var password = stage.bound("password");
    var snapshot = blue.snapshot();
    stage.eventually("Ready", "True/Ready");
    stage.server(stage.green);
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, login)).isFalse();

    // When
    snapshot.run();

    // Then
    stage.eventually(() -> assertThat(Stage.canLogin(blue, login)).isFalse());
    assertThatThrownBy(() -> blue.login("orders", login, password))
        .hasMessageContaining("not permitted to log in");
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void anotherServerUnderAKnownNameIsNotTouchedUntilThePlatformSaysThatItIsRight()
      throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var former = stage.status().active().serverId();
    var other =
        Stage.tables(stage.sandbox.database(stage.namespace + "-other", 17).withDatabase("orders"));

    // When
    blue.stop();
    other.moveTo(blue);

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Identified"))
                .isEqualTo("False/IdentityChanged"));
    stage.eventually("Ready", "False/IdentityChanged");
    assertThat(
            other.ask("postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%\\_a'"))
        .isEqualTo("0");

    // When
    var serverId = other.ask("postgres", "SELECT system_identifier::text FROM pg_control_system()");
    assertThat(stage.message("Ready")).contains(serverId);
    stage.sandbox.annotate(stage.blue, "backingservice.dev/accept-identity", serverId);

    // Then
    stage.eventually(() -> assertThat(stage.status().active().serverId()).isEqualTo(serverId));
    stage.eventually("Ready", "True/Ready");
    try (var session = stage.session(other)) {
      session.createStatement().execute("INSERT INTO writes VALUES (1)");
    }
    stage.eventually("Fenced", "False/OldServerUnreachable");
    assertThat(stage.message("Fenced")).contains("backingservice.dev/gone", former);

    // When
    stage.sandbox.annotate(stage.blue, "backingservice.dev/gone", former);

    // Then
    stage.eventually(() -> assertThat(stage.status().debts()).isNull());
  }

  @Test
  void theLoginsThatComeWithACopyAreLockedAtFirstSight() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    var green = stage.sandbox.standby(blue, stage.green);
    caughtUp(stage, green, login);

    // When
    green.promote();

    // Then
    stage.eventually(() -> assertThat(Stage.canLogin(green, login)).isFalse());
    assertThat(Stage.canLogin(blue, login)).isTrue();
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void theDebtOfALivingServiceIsForgivenWhenItsServerIsGoneForEver() throws Exception {
    // Given
    var stage = new Stage();
    var serverId = stage.owingAFence();

    // When
    stage.sandbox.annotate(stage.blue, "backingservice.dev/gone", serverId);

    // Then
    stage.eventually("Fenced", "True/Fenced");
    assertThat(stage.status().debts()).isNull();
    stage.eventually(
        () ->
            assertThat(
                    stage.secret().getMetadata().getAnnotations().get("backingservice.dev/debts"))
                .isEmpty());
  }

  /// The standby has the login, and everything before it.
  private static void caughtUp(Stage stage, Postgres standby, String login) {
    stage.eventually(() -> assertThat(Stage.canLogin(standby, login)).isTrue());
  }
}
