package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Postgres;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A new server that follows the old one by logical replication, as native subscriptions and
/// blue/green deployments of clouds do.
class LogicalReplicationIT {
  private static final int ROWS = 50;
  private static final Pattern SETVAL =
      Pattern.compile("SELECT pg_catalog.setval\\([^)]*, ([0-9]+)\\)");

  private record Pair(Postgres blue, Postgres green) {}

  /// Everything that blue commits goes to green; numbers of sequences do not.
  private static Pair following(Stage stage) throws Exception {
    var blue = numbered(stage, stage.blue);
    var green = numbered(stage, stage.green);
    blue.execute("orders", "CREATE PUBLICATION all_of_it FOR ALL TABLES");
    green.execute(
        "orders",
        "CREATE SUBSCRIPTION of_blue CONNECTION 'host=127.0.0.1 port=%d dbname=orders user=postgres' PUBLICATION all_of_it"
            .formatted(blue.port()));
    return new Pair(blue, green);
  }

  private static Postgres numbered(Stage stage, String name) throws Exception {
    var server = stage.sandbox.server(name, 17).withDatabase("orders");
    server.execute(
        "orders",
        "CREATE TABLE writes (id bigserial PRIMARY KEY)",
        "ALTER TABLE writes OWNER TO bs_admin");
    server.execute("postgres", "ALTER SYSTEM SET wal_level = logical");
    server.restart();
    return server;
  }

  private static void write(Stage stage, Postgres server) throws Exception {
    try (var session = stage.session(server);
        var statement = session.createStatement()) {
      for (int i = 0; i < ROWS; i++) statement.execute("INSERT INTO writes DEFAULT VALUES");
    }
  }

  @Test
  void sequencesThatAreBehindAreToldBeforeTheFence() throws Exception {
    // Given
    var stage = new Stage();
    var pair = following(stage);
    stage.attached(stage.blue, "");
    write(stage, pair.blue);

    try (var session = stage.session(pair.blue)) {
      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Provisioned", "False/SequencesBehind");
      assertThat(session.isValid(1)).isTrue();
      assertThat(stage.condition("Available")).isEqualTo("True/Available");
    }

    // When somebody does what is said, with a margin
    var statement = SETVAL.matcher(stage.message("Provisioned"));
    assertThat(statement.find()).as(stage.message("Provisioned")).isTrue();
    assertThat(statement.group(1)).isEqualTo(Integer.toString(ROWS));
    pair.green.execute("orders", statement.group().replace(", " + ROWS, ", " + (ROWS + 1000)));

    // Then
    stage.eventuallyOn(stage.green);
    write(stage, pair.green);
    assertThat(pair.green.written()).hasSize(2 * ROWS);
    release(pair);
  }

  @Test
  void sequencesAreAdvancedWhereTheSpecSaysSo() throws Exception {
    // Given
    var stage = new Stage();
    var pair = following(stage);
    stage.attached(stage.blue, "swap: {sequences: Advance}");
    write(stage, pair.blue);

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    write(stage, pair.green);
    assertThat(pair.green.written()).hasSize(2 * ROWS);
    release(pair);
  }

  @Test
  void aSubscriberThatHasNotGotEverythingIsWaitedForAndGivenUp() throws Exception {
    // Given
    var stage = new Stage();
    var pair = following(stage);
    stage.attached(stage.blue, "swap: {sequences: Advance, fenceTimeout: 4s}");
    write(stage, pair.blue);
    stage.eventually(() -> assertThat(pair.green.written()).hasSize(ROWS));
    try (var blocking = pair.green.superuser("orders")) {
      blocking.setAutoCommit(false);
      blocking.createStatement().execute("LOCK TABLE writes IN SHARE MODE");
      write(stage, pair.blue);

      // When
      stage.swap(stage.green);

      // Then
      stage.eventually("Ready", "Unknown/Swapping");
      stage.eventually(
          () -> assertThat(stage.message("Ready")).contains("has not confirmed everything"));
      blocking.rollback();
    }

    // Then
    stage.eventually(() -> assertThat(Stage.canLogin(pair.blue, stage.bound("username"))).isTrue());

    // When
    stage.annotate("backingservice.dev/retry", "1");

    // Then
    stage.eventuallyOn(stage.green);
    assertThat(pair.green.written()).hasSize(2 * ROWS);
    release(pair);
  }

  /// A subscription keeps its publisher from stopping quickly.
  private static void release(Pair pair) throws Exception {
    pair.green.execute("orders", "DROP SUBSCRIPTION of_blue");
  }
}
