package dev.backingservice.engine.cloud;

import com.google.auth.oauth2.GoogleCredentials;
import dev.backingservice.model.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Google Cloud SQL: a token is an access token of the service account, good for logins only (Cloud
/// SQL for PostgreSQL, "IAM authentication").
final class CloudSql implements CloudTokens.Cloud {
  private static final List<String> SCOPE =
      List.of("https://www.googleapis.com/auth/sqlservice.login");

  private @Nullable GoogleCredentials credentials;

  @Override
  public String token(Endpoint at, String user) throws IOException {
    var known = credentials();
    known.refreshIfExpired();
    return Objects.requireNonNull(known.getAccessToken()).getTokenValue();
  }

  /// Workload identity of a service account, or that of the node.
  private synchronized GoogleCredentials credentials() throws IOException {
    var known = credentials;
    if (known == null) known = GoogleCredentials.getApplicationDefault().createScoped(SCOPE);
    credentials = known;
    return known;
  }
}
