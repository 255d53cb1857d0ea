package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.sandbox.PgBouncer;
import dev.backingservice.sandbox.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Applications connect through a real PgBouncer, and the administrator past it.
class PgBouncerIT {
  private static Connection login(PgBouncer pooler, String user, String password)
      throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", "require");
    properties.setProperty("prepareThreshold", "0");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/orders".formatted(pooler.port()), properties);
  }

  @ParameterizedTest
  @CsvSource({"session", "transaction"})
  void aPooledServerIsAttachedFencedAndComeBackTo(String mode) throws Exception {
    // Given
    var stage = new Stage();
    var server = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    Postgres green = stage.server(stage.green);
    try (var pooler = pooled(stage, server, mode)) {
      // When
      stage.attached(stage.blue, "");

      // Then
      var user = stage.bound("username");
      var password = stage.bound("password");
      assertThat(stage.bound("port")).isEqualTo("" + pooler.port());
      try (var session = login(pooler, user, password);
          var statement = session.createStatement()) {
        statement.execute("INSERT INTO writes VALUES (1)");

        // When
        green.execute("orders", "INSERT INTO writes VALUES (1)");
        stage.swap(stage.green);

        // Then
        stage.eventuallyOn(stage.green);
        assertThat(stage.status().history().getFirst().fence()).isEqualTo("Verified");
        assertThatThrownBy(() -> statement.execute("INSERT INTO writes VALUES (2)"))
            .isInstanceOf(SQLException.class);
        assertThatThrownBy(
                () -> login(pooler, user, password).createStatement().execute("SELECT 1"))
            .isInstanceOf(SQLException.class);
      }
      stage.eventually("Fenced", "True/Fenced");

      // When
      stage.swap(stage.blue);

      // Then
      stage.eventuallyOn(stage.blue);
      try (var session = login(pooler, stage.bound("username"), stage.bound("password"))) {
        session.createStatement().execute("INSERT INTO writes VALUES (3)");
      }
    }
  }

  /// The group that a login acts as is a setting of its role: it holds for the next client, too.
  @ParameterizedTest
  @CsvSource({"session", "transaction"})
  void anOwnerActsAsItsGroupThroughThePooler(String mode) throws Exception {
    // Given
    var stage = new Stage();
    var server = Stage.tables(stage.sandbox.database(stage.blue, 17).withDatabase("orders"));
    try (var pooler = pooled(stage, server, mode)) {
      // When
      stage.attached(stage.blue, "access: Owner");

      // Then
      for (int client = 1; client < 3; client++)
        try (var session = login(pooler, stage.bound("username"), stage.bound("password"));
            var rows = session.createStatement().executeQuery("SELECT current_user")) {
          rows.next();
          assertThat(rows.getString(1)).as("client " + client).endsWith("_owner");
        }
    }
  }

  private static PgBouncer pooled(Stage stage, Postgres server, String mode) throws Exception {
    var pooler =
        PgBouncer.start(
            stage.namespace + "-pooler",
            stage.sandbox.folder(),
            stage.sandbox.pki(),
            server,
            "orders",
            mode);
    register(stage, pooler, server);
    return pooler;
  }

  private static void register(Stage stage, PgBouncer pooler, Postgres server) {
    stage.sandbox.apply(
        """
          apiVersion: backingservice.dev/v1alpha1
          kind: BackingServer
          metadata: {name: %1$s}
          spec:
            engine: PostgreSQL
            host: 127.0.0.1
            port: %2$d
            admin: {secretName: %1$s-admin, endpoint: {host: localhost, port: %3$d}}
            tls: {ca: {secretName: %1$s-ca}}
            allowedNamespaces: {from: All}
          """
            .formatted(stage.blue, pooler.port(), server.port()));
  }
}
