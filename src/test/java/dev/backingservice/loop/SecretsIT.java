package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whatever is secret is looked for wherever it must not be.
class SecretsIT {
  @Test
  void noSecretIsInLogsEventsStatusMetricsProcessesOrServerLogs() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    for (var server : List.of(blue, green))
      server.execute(
          "postgres", "ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()");
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "access: Owner, workloads: [{kind: Deployment, name: orders}]");
    var secrets = new LinkedHashSet<>(bound(stage));
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);
    stage.eventually("RolledOut", "True/RolledOut");
    secrets.addAll(bound(stage));
    secrets.addAll(ofTheOperator(stage.sandbox));
    assertThat(secrets).hasSizeGreaterThan(8);

    // When
    var places = new LinkedHashMap<String, String>();
    places.put("operator's log", stage.sandbox.operator().log());
    places.put("metrics", stage.sandbox.operator().get("/q/metrics"));
    places.put("health", stage.sandbox.operator().get("/q/health"));
    places.put("command lines", commandLines());
    places.put("log of blue", blue.log());
    places.put("log of green", green.log());
    places.put("services", yaml(stage.sandbox, BackingService.class));
    places.put("servers", yaml(stage.sandbox, BackingServer.class));
    places.put(
        "events",
        Serialization.asYaml(
            stage.sandbox.admin().events().v1().events().inAnyNamespace().list().getItems()));
    places.put(
        "workloads",
        Serialization.asYaml(
            stage.sandbox.admin().apps().deployments().inAnyNamespace().list().getItems()));

    // Then
    assertThat(places.get("log of blue")).as("statements are logged").contains("CREATE ROLE");
    places.forEach(
        (place, text) -> {
          assertThat(text).as(place).isNotEmpty();
          for (var secret : secrets)
            assertThat(text.contains(secret)).as("a secret in " + place).isFalse();
        });
  }

  /// The password, the keys, and what contains them.
  private static List<String> bound(Stage stage) {
    var data = stage.secret().getData();
    return List.of(
        stage.bound("password"),
        stage.bound("keystore-password"),
        stage.bound("tls.key").lines().skip(1).findFirst().orElseThrow(),
        data.get("tls.key").substring(0, 60),
        data.get("keystore.p12").substring(0, 60),
        data.get("password"));
  }

  private static List<String> ofTheOperator(Sandbox sandbox) {
    var secrets = sandbox.admin().secrets().inNamespace(Sandbox.NAMESPACE);
    return List.of(
        Postgres.ADMIN_PASSWORD,
        secrets.withName("backing-service-root-key").get().getData().get("v1"),
        secrets
            .withName("backing-service-authority")
            .get()
            .getData()
            .get("tls.key")
            .substring(0, 60));
  }

  private static String commandLines() throws IOException {
    var lines = new StringBuilder();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (var process : processes) {
        try {
          lines.append(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          // it ended meanwhile
        }
      }
    }
    return lines.toString();
  }

  private static <T extends HasMetadata> String yaml(Sandbox sandbox, Class<T> kind) {
    return Serialization.asYaml(sandbox.admin().resources(kind).inAnyNamespace().list().getItems());
  }
}
