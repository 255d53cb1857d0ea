package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachIT {

  @Test
  void aServiceGetsABindingThatAClientLogsInWith(@TempDir Path files) throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/postgresql");
    assertThat(stage.secret().getData().keySet())
        .containsExactlyInAnyOrder(
            "type",
            "provider",
            "host",
            "port",
            "database",
            "schema",
            "username",
            "password",
            "uri",
            "jdbc-url",
            "r2dbc-url",
            "ca.crt",
            "tls.crt",
            "tls.key",
            "keystore.p12",
            "keystore-password");
    Files.writeString(files.resolve("ca.crt"), stage.bound("ca.crt"));
    var login = new Properties();
    login.setProperty("user", stage.bound("username"));
    login.setProperty("password", stage.bound("password"));
    var url = stage.bound("jdbc-url").replace("/bindings/orders-db", files.toString());
    try (var connection = DriverManager.getConnection(url, login);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT session_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo(stage.bound("username"));
      assertThat(rows.getBoolean(2)).isTrue();
    }
  }

  @Test
  void aDeletedBindingComesBackWithTheSamePassword() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var password = stage.bound("password");
    var uid = stage.secret().getMetadata().getUid();

    // When
    stage.sandbox.admin().secrets().inNamespace(stage.namespace).withName(stage.service).delete();
    stage.annotate("sandbox/look", "now");

    // Then
    stage.eventually(
        () -> {
          assertThat(stage.secret()).isNotNull();
          assertThat(stage.secret().getMetadata().getUid()).isNotEqualTo(uid);
        });
    assertThat(stage.bound("password")).isEqualTo(password);
    assertThat(stage.status().active().epoch()).isEqualTo(1);
  }

  @Test
  void aSecretOfThatNameWhichIsNotOursIsNeverTouched() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: orders-db, namespace: %s}
        stringData: {mine: "yes"}
        """
            .formatted(stage.namespace));

    // When
    stage.apply(stage.blue, "");

    // Then
    stage.eventually("Published", "False/SecretNotOwned");
    assertThat(stage.bound("mine")).isEqualTo("yes");
  }

  @Test
  void aMissingDatabaseIsCreatedOnlyWhenAskedFor() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.sandbox.server(stage.blue, 17);
    stage.apply(stage.blue, "");
    stage.eventually("Provisioned", "False/DatabaseMissing");

    // When
    stage.patch("{\"spec\":{\"postgresql\":{\"createDatabase\":\"IfMissing\"}}}");

    // Then
    stage.eventually("Ready", "True/Ready");
    assertThat(blue.ask("postgres", "SELECT has_database_privilege('public', 'orders', 'CONNECT')"))
        .isEqualTo("f");
  }
}
