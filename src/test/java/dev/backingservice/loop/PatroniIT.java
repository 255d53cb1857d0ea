package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Patroni;
import dev.backingservice.sandbox.Postgres;
import org.junit.jupiter.api.Test;

/// A real pair that Patroni keeps, behind HAProxy.
class PatroniIT {
  @Test
  void aPairIsAttachedFailsOverAndIsLeft() throws Exception {
    var stage = new Stage();
    var reading = stage.namespace + "-reading";
    try (var pair = Patroni.start("patroni", stage.sandbox.folder(), stage.sandbox.pki())) {
      // Given
      pair.execute("postgres", Postgres.database("orders").toArray(String[]::new));
      pair.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
      stage.sandbox.register(
          stage.blue, pair.primaryPort(), "promotions: Trust\n  allowedNamespaces: {from: All}");
      stage.sandbox.registerStandby(reading, pair.standbyPort(), stage.blue);
      stage.attached(stage.blue, "");
      var login = stage.bound("username");
      var password = stage.bound("password");
      write(pair, login, password, 1);

      // When
      pair.switchover();

      // Then
      stage.eventually(() -> write(pair, login, password, 2));
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.status().active().epoch()).as("nobody moves").isEqualTo(1);
      stage.eventually("Fenced", "True/Fenced");
      assertThat(stage.message("Fenced")).contains("cluster");

      // When readers attach to the standby
      reader(stage, reading);

      // Then
      stage.eventually(
          () ->
              assertThat(stage.sandbox.condition(stage.namespace, "readers", "Ready"))
                  .isEqualTo("True/Ready"));

      // When
      var green = stage.server(stage.green);
      green.execute("orders", "INSERT INTO writes VALUES (1), (2)");
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
      pair.switchover();
      try (var primary = pair.superuser("postgres");
          var rows =
              primary
                  .createStatement()
                  .executeQuery(
                      "SELECT rolcanlogin FROM pg_roles WHERE rolname = '%s'".formatted(login))) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getBoolean(1)).as("the lock followed").isFalse();
      }
    }
  }

  private static void reader(Stage stage, String server) {
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: readers, namespace: %s}
        spec: {server: %s, access: ReadOnly, postgresql: {database: orders}}
        """
            .formatted(stage.namespace, server));
  }

  private static void write(Patroni pair, String login, String password, int id) throws Exception {
    try (var session = pair.login(pair.primaryPort(), login, password)) {
      session
          .createStatement()
          .execute("INSERT INTO writes VALUES (%d) ON CONFLICT DO NOTHING".formatted(id));
    }
  }

  /// A balancer accepts connections for servers that are dead: that is no proof of death.
  @Test
  void aBalancerWhoseServersAreDeadIsLeftByConsentOnly() throws Exception {
    var stage = new Stage();
    try (var pair = Patroni.start("patroni-dead", stage.sandbox.folder(), stage.sandbox.pki())) {
      // Given
      pair.execute("postgres", Postgres.database("orders").toArray(String[]::new));
      pair.execute(
          "orders",
          "CREATE TABLE writes (id bigint PRIMARY KEY)",
          "ALTER TABLE writes OWNER TO bs_admin");
      stage.sandbox.register(
          stage.blue, pair.primaryPort(), "promotions: Trust\n  allowedNamespaces: {from: All}");
      stage.attached(stage.blue, "");
      stage.server(stage.green);
      pair.stopServers();

      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Ready", "False/ServerUnreachable");
      stage.eventually(
          () -> assertThat(stage.message("Ready")).contains("swap.ifNotDrained: Proceed"));
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);

      // When
      stage.patch("{\"spec\":{\"swap\":{\"ifNotDrained\":\"Proceed\",\"fenceTimeout\":\"2s\"}}}");

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Fenced", "False/SessionsRemain");
    }
  }
}
