package dev.backingservice.engine.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/// Tokens in the place of an administrator's password.
class CloudTokensTest {
  private static final Endpoint RDS =
      new Endpoint("orders.c1a2b3.eu-central-1.rds.amazonaws.com", 5432);

  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-11-30T12:00:00Z"), ZoneOffset.UTC);

  /// The signature was computed by a program of its own from the description of Signature Version
  /// 4.
  @Test
  void theTokenOfRdsIsASignedUrlWithoutItsScheme() {
    var credentials = AwsSessionCredentials.create("AKIDEXAMPLE", "secret+key", "session/token==");

    var token = new Rds(() -> credentials, NOW).token(RDS, "bs_login");

    assertThat(token)
        .startsWith("orders.c1a2b3.eu-central-1.rds.amazonaws.com:5432/?")
        .contains("Action=connect", "DBUser=bs_login", "X-Amz-Expires=900")
        .contains("X-Amz-Credential=AKIDEXAMPLE%2F20261130%2Feu-central-1%2Frds-db%2Faws4_request")
        .contains(
            "X-Amz-Signature=ace0cb80698e6d155164572e32d063afe5d64aa653e7094332e8e2ec717525e7");
  }

  @Test
  void theTokenOfEntraIsAskedForWithTheServiceAccountsOwn(@TempDir Path folder) throws Exception {
    // Given
    var file = Files.writeString(folder.resolve("token"), "projected\n");
    var asked = new ArrayList<HttpRequest>();
    var entra =
        new Entra(
            Map.of(
                "AZURE_FEDERATED_TOKEN_FILE", file.toString(),
                "AZURE_CLIENT_ID", "client-1",
                "AZURE_TENANT_ID", "tenant-1"),
            request -> {
              asked.add(request);
              var response = new HttpResponse();
              response.statusCode(200);
              response.body(
                  "{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"of-entra\"}");
              return response;
            });

    // When
    var token = entra.token(RDS, "bs_login");
    var again = entra.token(RDS, "bs_login");

    // Then
    assertThat(token).isEqualTo("of-entra").isEqualTo(again);
    assertThat(asked).hasSize(1);
    assertThat(asked.getFirst().url().toString())
        .startsWith("https://login.microsoftonline.com/tenant-1/");
    assertThat(asked.getFirst().body())
        .contains("client_assertion=projected", "ossrdbms-aad.database.windows.net%2F.default");
  }

  @Test
  void whatACloudSaysOfARefusalStaysInTheLog() {
    var tokens =
        new CloudTokens(
            Map.of(
                CloudTokens.Kind.AWSIAM,
                (at, user) -> {
                  throw new IllegalStateException(
                      "arn:aws:sts::123456789012:assumed-role/operator");
                }));

    assertThatThrownBy(() -> tokens.of("AWSIAM", RDS, "bs_login").token())
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.ServerUnreachable);
              assertThat(e.sentence()).contains("spec.admin.auth: AWSIAM").doesNotContain("arn:");
            });
  }

  @Test
  void sourcesOfOneAccountAreEqualSoThatItsConnectionsAreKept() {
    var tokens = new CloudTokens(Map.of());

    assertThat(tokens.of("GCPIAM", RDS, "a"))
        .isEqualTo(tokens.of("GCPIAM", RDS, "a"))
        .isNotEqualTo(tokens.of("GCPIAM", RDS, "b"));
  }
}
