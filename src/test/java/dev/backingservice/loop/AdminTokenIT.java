package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Metadata;
import dev.backingservice.sandbox.Postgres;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// An administrator without a password of its own, as clouds have it: the server takes the token of
/// the operator's identity in clear, within TLS.
class AdminTokenIT {
  private static Postgres server(Stage stage, String token) throws Exception {
    var server = stage.sandbox.database(stage.blue, 17).withDatabase("orders");
    Stage.tables(server);
    server.execute("postgres", "ALTER ROLE %s PASSWORD '%s'".formatted(Postgres.ADMIN, token));
    server.takesPasswordsInClear(Postgres.ADMIN);
    stage.sandbox.secret(stage.blue + "-admin", Map.of("username", Postgres.ADMIN));
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
    var server = server(stage, Metadata.TOKEN);

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(Stage.canLogin(server, stage.bound("username"))).isTrue();
  }

  @Test
  void aTokenThatIsRefusedIsTold() throws Exception {
    // Given
    var stage = new Stage();

    // When
    server(stage, "another token");

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Reachable"))
                .isEqualTo("False/AdminRefused"));
  }
}
