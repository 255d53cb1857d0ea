package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.sandbox.Postgres;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/// Readers on standbys whose primary keeps their accounts.
class StandbyIT {
  private static final String READER = "access: ReadOnly";

  /// A primary under the name blue, and a standby of it.
  private static Postgres standby(Stage stage, Postgres primary, String name) throws Exception {
    return stage.sandbox.standbyOf(primary, name, stage.blue);
  }

  private static String reading(Stage stage) {
    return stage.namespace + "-reading";
  }

  @Test
  void readersAttachToAStandbyAndTheirLoginIsMadeOnItsPrimary() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var standby = standby(stage, primary, reading(stage));

    // When
    stage.attached(reading(stage), READER);

    // Then
    assertThat(stage.bound("port")).isEqualTo(Integer.toString(standby.port()));
    assertThat(Stage.canLogin(primary, stage.bound("username"))).isTrue();
    primary.execute("orders", "INSERT INTO writes VALUES (7)");
    stage.eventually(() -> assertThat(read(stage, standby)).isEqualTo(1));
    try (var session = stage.session(standby);
        var statement = session.createStatement()) {
      assertThatThrownBy(() -> statement.execute("INSERT INTO writes VALUES (8)"))
          .isInstanceOf(SQLException.class);
    }
    var server = stage.examined(reading(stage));
    assertThat(server.getStatus().role()).isEqualTo("Replica");

    // When
    var login = stage.bound("username");
    stage.sandbox.admin().resource(stage.sandbox.service(stage.namespace, stage.service)).delete();

    // Then
    stage.eventually(() -> assertThat(roles(primary, login)).isEqualTo("0"));
  }

  private static int read(Stage stage, Postgres server) throws SQLException {
    try (var session = stage.session(server);
        var rows = session.createStatement().executeQuery("SELECT count(*) FROM writes")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static String roles(Postgres server, String login) throws SQLException {
    return server.ask(
        "postgres", "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(login));
  }

  @Test
  void whoeverWantsToWriteIsToldToNameThePrimary() throws Exception {
    // Given
    var stage = new Stage();
    standby(stage, stage.server(stage.blue), reading(stage));

    // When
    stage.apply(reading(stage), "access: ReadWrite");

    // Then
    stage.eventually("Accepted", "False/AccessNotSupported");
    assertThat(stage.message("Accepted")).contains("access: ReadOnly");
  }

  @Test
  void readersMoveAmongStandbysOfOnePrimaryWithoutBeingCutOff() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var first = standby(stage, primary, reading(stage));
    var second = standby(stage, primary, reading(stage) + "-2");
    stage.attached(reading(stage), READER);
    var old = stage.bound("username");

    try (var session = stage.session(first)) {
      // When
      stage.swap(reading(stage) + "-2");

      // Then
      stage.eventuallyOn(reading(stage) + "-2");
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.bound("port")).isEqualTo(Integer.toString(second.port()));
      assertThat(stage.bound("username")).isNotEqualTo(old);
      assertThat(session.isValid(2)).isTrue();
      assertThat(Stage.canLogin(primary, old)).isTrue();
    }
  }

  @Test
  void aReaderMovesFromThePrimaryToItsStandbyWithoutBeingCutOff() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    standby(stage, primary, reading(stage));
    stage.attached(stage.blue, READER);

    try (var session = stage.session(primary)) {
      // When
      stage.swap(reading(stage));

      // Then
      stage.eventuallyOn(reading(stage));
      stage.eventually("Ready", "True/Ready");
      assertThat(session.isValid(2)).isTrue();
    }
  }

  @Test
  void aFencedReaderIsGoneFromTheStandbyToo() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var standby = standby(stage, primary, reading(stage));
    stage.server(stage.green);
    stage.attached(reading(stage), READER);
    var old = stage.bound("username");

    try (var session = stage.session(standby)) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
      assertThat(session.isValid(2)).isFalse();
      assertThat(Stage.canLogin(primary, old)).isFalse();
    }
  }

  @Test
  void readersGoOnWhileThePrimaryIsDeadAndMoveByConsent() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var standby = standby(stage, primary, reading(stage));
    stage.server(stage.green);
    stage.attached(reading(stage), READER);

    try (var session = stage.session(standby)) {
      // When
      primary.stop();
      stage.swap(stage.green);

      // Then
      stage.eventually(
          () -> assertThat(stage.message("Ready")).contains("swap.ifNotDrained: Proceed"));
      assertThat(session.isValid(2)).isTrue();
      assertThat(stage.condition("Available")).isEqualTo("True/Available");

      // When
      stage.patch("{\"spec\":{\"swap\":{\"ifNotDrained\":\"Proceed\",\"fenceTimeout\":\"2s\"}}}");

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Fenced", "False/SessionsRemain");

      // When
      primary.start();

      // Then
      stage.eventually("Fenced", "True/Fenced");
      assertThat(session.isValid(2)).isFalse();
    }
  }

  /// Whatever is wrong with a standby keeps no lock from being made.
  @Test
  void aStandbyThatHangsKeepsNoFenceOffItsPrimary() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var standby = standby(stage, primary, reading(stage));
    stage.server(stage.green);
    stage.attached(reading(stage), READER);
    var old = stage.bound("username");

    try (var _ = standby.frozen()) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventually(() -> assertThat(Stage.canLogin(primary, old)).isFalse());
      stage.eventuallyOn(stage.green);
    }
    stage.eventually("Fenced", "True/Fenced");
  }

  @Test
  void whatThePrimaryDoesNotAllowIsNotAllowedThroughItsStandby() throws Exception {
    // Given
    var stage = new Stage();
    var primary = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    stage.sandbox.register(
        stage.blue, primary.port(), "unlistedDatabases: Refuse\n  allowedNamespaces: {from: All}");
    standby(stage, primary, reading(stage));

    // When
    stage.apply(reading(stage), READER);

    // Then
    stage.eventually("Accepted", "False/ServerNotAvailable");
    assertThat(stage.message("Accepted")).contains(reading(stage)).doesNotContain(stage.blue + " ");
  }

  @Test
  void anAdministratorIsNotBorrowedWithoutTls() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);

    // When
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %s}
        spec: {engine: PostgreSQL, host: 127.0.0.1, port: %d, primary: %s, tls: {mode: Disabled}}
        """
            .formatted(reading(stage), primary.port(), stage.blue));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(reading(stage), "Reachable"))
                .isEqualTo("False/AdminRefused"));
  }

  @Test
  void aStandbyThatIsBehindIsToldAndWaitedFor() throws Exception {
    // Given
    var stage = new Stage();
    var standby = standby(stage, stage.server(stage.blue), reading(stage));
    stage.examined(reading(stage));
    standby.execute("postgres", "SELECT pg_wal_replay_pause()");

    // When
    stage.apply(reading(stage), READER);

    // Then
    stage.eventually("Provisioned", "False/StandbyBehind");

    // When
    standby.execute("postgres", "SELECT pg_wal_replay_resume()");

    // Then
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void aPrimaryThatIsNotThereOrIsAnotherServersIsTold() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    stage.server(stage.green);

    // When
    stage.sandbox.standbyOf(primary, reading(stage), stage.namespace + "-nobody");
    stage.sandbox.standbyOf(primary, reading(stage) + "-2", stage.green);
    stage.sandbox.registerStandby(reading(stage) + "-3", primary.port(), reading(stage) + "-4");
    stage.sandbox.registerStandby(reading(stage) + "-4", primary.port(), reading(stage) + "-3");

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(reading(stage), "Reachable"))
                .isEqualTo("False/AdminRefused"));
    for (var other : new String[] {"-3", "-4"})
      stage.eventually(
          () ->
              assertThat(stage.sandbox.serverCondition(reading(stage) + other, "Reachable"))
                  .isEqualTo("False/AdminRefused"));
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(reading(stage) + "-2", "Reachable"))
                .isEqualTo("False/NotAStandby"));
  }

  @Test
  void aStandbyThatWasPromotedIsToldAndReadersGoOn() throws Exception {
    // Given
    var stage = new Stage();
    var primary = stage.server(stage.blue);
    var standby = standby(stage, primary, reading(stage));
    stage.attached(reading(stage), READER);

    // When
    standby.promote();

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(reading(stage), "Reachable"))
                .isEqualTo("False/NotAStandby"));
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
  }
}
