package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Audit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// At rest nothing is written: not to the API server, not to a server, not to a workload.
class RestIT {

  @Test
  void aMinuteAtRestAndARestartWriteNothing() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("RolledOut", "True/RolledOut");
    stage.eventually(() -> assertThat(stage.status().swap().phase()).isEqualTo("Retire"));
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.green).getStatus().attached())
                .isEqualTo(1));
    // the servers' own vacuum counts as a change, and sessions tell what they changed 10 s late
    for (var server : List.of(blue, green))
      server.execute(
          "postgres", "ALTER SYSTEM SET autovacuum = off", "SELECT pg_catalog.pg_reload_conf()");
    quiet(Duration.ofSeconds(12));
    long changes = blue.changes() + green.changes();
    var generation = generation(stage);

    // When
    var audit = Audit.fromNow(stage.sandbox.plane());
    quiet(Duration.ofSeconds(60));

    // Then
    assertThat(ours(audit, stage)).isEmpty();
    assertThat(blue.changes() + green.changes()).isEqualTo(changes);

    // When
    stage.sandbox.operator().close();
    var restarted = Audit.fromNow(stage.sandbox.plane());
    stage.sandbox.startOperator(Map.of());
    stage.eventually(
        () ->
            assertThat(restarted.requests())
                .anyMatch(
                    r ->
                        r.resource().equals("secrets")
                            && r.name().equals(stage.namespace + "/orders-db")));
    quiet(Duration.ofSeconds(10));

    // Then
    assertThat(ours(restarted, stage)).isEmpty();
    assertThat(blue.changes() + green.changes() - changes)
        .as("only the new leader's term may be written, at the next change")
        .isZero();
    assertThat(generation(stage)).isEqualTo(generation);
    assertThat(restarted.forbidden()).isEmpty();
  }

  /// Writes that concern this stage; the leader's own term is raised in its own Secret.
  private static List<Audit.Request> ours(Audit audit, Stage stage) throws Exception {
    return audit.writes().stream().filter(r -> r.name().contains(stage.namespace)).toList();
  }

  private static long generation(Stage stage) {
    return stage
        .sandbox
        .admin()
        .apps()
        .deployments()
        .inNamespace(stage.namespace)
        .withName("orders")
        .get()
        .getMetadata()
        .getGeneration();
  }

  /// Lets time pass: that nothing happens can be seen in no other way.
  private static void quiet(Duration time) {
    Awaitility.await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
  }
}
