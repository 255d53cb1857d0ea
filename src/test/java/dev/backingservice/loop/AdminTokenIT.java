package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Metadata;
import dev.backingservice.sandbox.Postgres;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// An administrator without a password of its own, as clouds have it: the server takes the token of
/// the operator's identity in clear, within TLS.
class AdminTokenIT {
  private static final Map<String, String> HERE = Map.of("host", "127.0.0.1");

  private static Postgres server(Stage stage, String token, Map<String, String> more)
      throws Exception {
    var server = stage.sandbox.database(stage.blue, 17).withDatabase("orders");
    Stage.tables(server);
    server.execute("postgres", "ALTER ROLE %s PASSWORD '%s'".formatted(Postgres.ADMIN, token));
    server.takesPasswordsInClear(Postgres.ADMIN);
    var secret = new HashMap<>(more);
    secret.put("username", Postgres.ADMIN);
    stage.sandbox.secret(stage.blue + "-admin", secret);
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin, auth: GCPIAM}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(stage.blue, server.port()));
    return server;
  }

  @Test
  void theOperatorAttachesWithTheTokenOfItsOwnIdentity() throws Exception {
    // Given
    var stage = new Stage();
    var server = server(stage, Metadata.TOKEN, HERE);

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(Stage.canLogin(server, stage.bound("username"))).isTrue();
  }

  /// Whoever may make a BackingServer, and no Secret, sends a token nowhere.
  @Test
  void aTokenGoesOnlyWhereItsSecretSays() throws Exception {
    // Given
    var stage = new Stage();

    // When
    server(stage, Metadata.TOKEN, Map.of());

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable"))
                .isEqualTo("False/AdminRefused"));
    assertThat(
            stage.sandbox.backingServer(stage.blue).getStatus().conditions().stream()
                .map(c -> c.message()))
        .anyMatch(said -> said.contains("needs the key host: 127.0.0.1"));
  }

  @Test
  void aTokenThatIsRefusedIsTold() throws Exception {
    // Given
    var stage = new Stage();

    // When
    server(stage, "another token", HERE);

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable"))
                .isEqualTo("False/AdminRefused"));
  }
}
