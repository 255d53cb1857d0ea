package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Relay;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Things that go away and come back.
class OutageIT {

  /// As behind a Service without endpoints: pools that are connected go on.
  @Test
  void whoeverIsConnectedToAServerThatLetsNobodyInAnyMoreIsFenced() throws Exception {
    // Given
    var stage = new Stage();
    var blue = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    var relay = stage.sandbox.with(new Relay("127.0.0.1", 0, blue.port()));
    stage.sandbox.register(stage.blue, relay.port());
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    try (var pool = stage.session(blue)) {
      // When
      relay.close();
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      assertThat(pool.isValid(2)).isFalse();
      stage.eventually("Fenced", "True/Fenced");
      assertThat(stage.status().debts()).isNullOrEmpty();
    }
  }

  @Test
  void aServerThatIsRestartedInTheMiddleOfASwapDoesNotStopIt() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.attached(stage.blue, "");

    // When
    for (Postgres server : new Postgres[] {blue, green}) {
      stage.swap(stage.green);
      server.restart();
      stage.eventuallyOn(stage.green);
      stage.eventually("Ready", "True/Ready");
      stage.eventually("Fenced", "True/Fenced");
      stage.swap(stage.blue);
      stage.eventuallyOn(stage.blue);
      stage.eventually("Ready", "True/Ready");
    }

    // Then
    assertThat(stage.status().debts()).isNull();
  }

  @Test
  void aServerThatIsOnlyRestartedIsNotTakenForDead() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {unreachableFor: 30s, fenceTimeout: 40s}");
    var login = stage.bound("username");

    // When
    blue.stop();
    stage.swap(stage.green);
    fencing(stage);
    blue.start();

    // Then
    stage.eventuallyOn(stage.green);
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
    assertThat(Stage.canLogin(blue, login)).isFalse();
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void aServerIsDeadWhenItHasBeenSilentForAsLongAsTheServiceSays() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {unreachableFor: 8s}");
    blue.stop();
    stage.swap(stage.green);
    fencing(stage);
    long since = System.nanoTime();

    // When
    stage.eventuallyOn(stage.green);

    // Then
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isGreaterThan(Duration.ofSeconds(7));
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("Unreachable");
  }

  private static void fencing(Stage stage) {
    stage.eventually(
        () ->
            assertThat(stage.status().swap()).isNotNull().matches(s -> s.phase().equals("Fence")));
  }

  @Test
  void whatATenantChangedOnItsOwnLoginIsPutBack() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    try (var session = blue.login("orders", login, stage.bound("password"));
        var statement = session.createStatement()) {
      statement.execute("ALTER ROLE CURRENT_USER SET search_path = evil");
    }
    blue.execute("postgres", "GRANT pg_read_all_data TO \"" + login + "\"");

    // When
    stage.annotate("sandbox/look", "now");

    // Then
    stage.eventually("Provisioned", "False/PrivilegesIncomplete");
    assertThat(stage.message("Provisioned"))
        .contains("was granted \"pg_read_all_data\" by \"postgres\"");
    assertThat(
            blue.ask(
                "postgres",
                "SELECT count(*) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE r.rolname = '%s'"
                    .formatted(login)))
        .isEqualTo("0");

    // When
    blue.execute("postgres", "REVOKE pg_read_all_data FROM \"" + login + "\"");

    // Then
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void aServerInUseIsNotDeletedAndTheAnswerNamesTheNumber() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getStatus().attached())
                .isEqualTo(1));

    // When
    var refusal =
        catchThrowable(
            () -> stage.sandbox.admin().resource(stage.sandbox.backingServer(stage.blue)).delete());

    // Then
    assertThat(refusal).hasMessageContaining("is in use by 1 services");
  }
}
