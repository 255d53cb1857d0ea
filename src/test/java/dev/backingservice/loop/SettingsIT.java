package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.sandbox.Kubelet;
import dev.backingservice.sandbox.Sandbox;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What the environment says.
@Execution(ExecutionMode.CONCURRENT)
class SettingsIT {
  @Test
  void namespacesRolloutsAndTheLogFormatAreAsTheEnvironmentSays() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var ours = new Stage(sandbox);
      var others = new Stage(sandbox);
      sandbox.startOperator(
          Map.of(
              "BACKING_NAMESPACES",
              ours.namespace,
              "BACKING_ROLLOUTS",
              "1",
              "BACKING_LOG_FORMAT",
              "json"));
      ours.server(ours.blue);
      for (var name : new String[] {"one", "two", "three"})
        sandbox.apply(
            SwapIT.deployment(ours.namespace).replace("name: orders,", "name: " + name + ","));

      // When
      others.apply(ours.blue, "");
      ours.apply(
          ours.blue,
          "workloads: [{kind: Deployment, name: one}, {kind: Deployment, name: two}, {kind: Deployment, name: three}]");

      // Then
      ours.eventually("Projected", "Unknown/Pending");
      ours.eventually(() -> assertThat(ours.status().workloads()).hasSize(1));
      assertThat(ours.message("Projected"))
          .contains("waits for its turn: 1 workloads roll at once");

      // When
      sandbox.with(new Kubelet(sandbox.plane()));

      // Then
      ours.eventually("RolledOut", "True/RolledOut");
      assertThat(ours.status().workloads()).hasSize(3);
      assertThat(others.condition("Ready")).isEqualTo("Unknown/Pending");
      assertThat(others.secret()).isNull();
      assertThat(sandbox.operator().log()).doesNotContain("named filter");
      var json = new ObjectMapper();
      for (var line : sandbox.operator().log().lines().filter(l -> l.contains("acted")).toList())
        assertThat(json.readTree(line).path("message").asText()).startsWith("acted: service=");
    }
  }
}
