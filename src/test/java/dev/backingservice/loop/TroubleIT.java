package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Audit;
import dev.backingservice.sandbox.Relay;
import dev.backingservice.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What goes wrong for long is tried again, and not often: counted in requests to the API server
/// and connections to servers.
@Execution(ExecutionMode.CONCURRENT)
class TroubleIT {
  private static final Duration COUNTED = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofSeconds(40);

  /// Of one service: far less than a loop makes.
  private static final int REQUESTS = 40;

  /// Of its two servers, the dead one of which owes a fence and is asked every second at first.
  private static final int SERVER_REQUESTS = 360;

  private static final int CONNECTIONS = 60;

  @Test
  void nothingThatGoesWrongIsTriedAllTheTime() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var dead = service(sandbox, "{ifUnreachable: Wait}");
      var full = service(sandbox, "{ifNotDrained: Abort, fenceTimeout: 1s}");
      var refused = service(sandbox, "{ifNotDrained: Abort}");
      var owing = service(sandbox, "{}");
      var nowhere = service(sandbox, "{}");
      var deleted = service(sandbox, "{fenceTimeout: 1s}");

      // When
      dead.relay.die();
      dead.stage.swap(dead.stage.green);
      full.stage.frozen(sandbox.postgres(full.stage.blue));
      full.stage.swap(full.stage.green);
      sandbox.secret(
          refused.stage.blue + "-admin", Map.of("username", "backing_admin", "password", "wrong"));
      sandbox.touch(refused.stage.blue);
      refused.stage.swap(refused.stage.green);
      owing.relay.die();
      owing.stage.swap(owing.stage.green);
      nowhere.stage.patch(
          "{\"spec\":{\"workloads\":[{\"kind\":\"Deployment\",\"name\":\"nowhere\"}]}}");
      deleted.stage.frozen(sandbox.postgres(deleted.stage.blue));
      deleted.stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
      owing.stage.eventually("Fenced", "False/OldServerUnreachable");
      nowhere.stage.eventually("Projected", "False/WorkloadNotFound");
      refused.stage.eventually("Provisioned", "False/AdminRefused");
      pass(SETTLING);

      // Then
      var troubled = List.of(dead, full, refused, owing, nowhere, deleted);
      var connections = new TreeMap<String, Integer>();
      for (var t : troubled) connections.put(t.stage.namespace, -t.relay.connections());
      var wrong = new ArrayList<String>();
      var audit = Audit.fromNow(sandbox.plane());
      pass(COUNTED);
      for (var t : troubled) {
        connections.merge(t.stage.namespace, t.relay.connections(), Integer::sum);
        var service = requests(audit, t.stage.namespace + "/");
        var servers = requests(audit, "/" + t.stage.namespace + "-");
        System.out.printf(
            "%s: %d connections in a minute, requests of the service %s, of its servers %s%n",
            t.stage.condition("Ready"), connections.get(t.stage.namespace), service, servers);
        if (sum(service) >= REQUESTS) wrong.add(t.stage.namespace + service);
        if (sum(servers) >= SERVER_REQUESTS) wrong.add(t.stage.namespace + servers);
        if (connections.get(t.stage.namespace) >= CONNECTIONS)
          wrong.add(t.stage.namespace + connections);
      }
      assertThat(wrong).isEmpty();
    }
  }

  private static int sum(Map<String, Integer> requests) {
    return requests.values().stream().mapToInt(n -> n).sum();
  }

  private static SortedMap<String, Integer> requests(Audit audit, String about) throws IOException {
    var requests = new TreeMap<String, Integer>();
    for (var request : audit.requests())
      if (request.name().contains(about))
        requests.merge(request.verb() + " " + request.resource(), 1, Integer::sum);
    return requests;
  }

  /// @param relay that the name of the server it is attached to leads to
  private record Troubled(Stage stage, Relay relay) {}

  private static Troubled service(Sandbox sandbox, String swap) throws Exception {
    var stage = new Stage(sandbox);
    var blue = Stage.tables(sandbox.database(stage.blue, 17).withDatabase("orders"));
    var relay = sandbox.with(new Relay("127.0.0.1", 0, blue.port()));
    sandbox.register(stage.blue, relay.port());
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: " + swap);
    return new Troubled(stage, relay);
  }

  /// Lets time pass: how often something is tried can be seen in no other way.
  private static void pass(Duration time) {
    Awaitility.await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
  }
}
