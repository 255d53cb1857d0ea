package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachIT {
  private static Sandbox sandbox;

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.start();
    sandbox.server("blue", 17).withDatabase("orders");
    sandbox.namespace("shop");
    sandbox.startOperator(Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    sandbox.close();
  }

  @Test
  void aServiceGetsABindingThatAClientLogsInWith(@TempDir Path files) throws Exception {
    // When
    sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: orders-db, namespace: shop}
        spec: {server: blue, postgresql: {database: orders}}
        """);

    // Then
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(sandbox.condition("shop", "orders-db", "Ready"))
                    .isEqualTo("True/Ready"));
    var secret = sandbox.admin().secrets().inNamespace("shop").withName("orders-db").get();
    assertThat(secret.getType()).isEqualTo("servicebinding.io/postgresql");
    Files.writeString(files.resolve("ca.crt"), text(secret, "ca.crt"));
    var login = new Properties();
    login.setProperty("user", text(secret, "username"));
    login.setProperty("password", text(secret, "password"));
    var url = text(secret, "jdbc-url").replace("/bindings/orders-db", files.toString());
    try (var connection = DriverManager.getConnection(url, login);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT session_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo(text(secret, "username"));
      assertThat(rows.getBoolean(2)).isTrue();
    }
  }

  private static String text(Secret secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
  }
}
