package dev.backingservice.engine.cloud;

import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;
import dev.backingservice.model.Endpoint;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Azure Database for PostgreSQL: a token is an access token for the resource of its databases
/// (Microsoft Learn, "Microsoft Entra authentication with Azure Database for PostgreSQL").
final class Entra implements CloudTokens.Cloud {
  private static final String RESOURCE = "https://ossrdbms-aad.database.windows.net";
  private static final String FEDERATED = "AZURE_FEDERATED_TOKEN_FILE";
  private static final String TENANT = "AZURE_TENANT_ID";
  private static final String CLIENT = "AZURE_CLIENT_ID";
  private static final String AUTHORITY = "AZURE_AUTHORITY_HOST";
  private static final String PUBLIC = "https://login.microsoftonline.com/";

  private static final int CONNECT_MILLIS = 3000;
  private static final int READ_MILLIS = 5000;

  /// The library's own have no bound of time, and nobody can stop them.
  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().name("entra-", 0).factory());

  private final Map<String, String> environment;
  private final @Nullable IHttpClient http;
  private CloudTokens.@Nullable Cloud way;

  /// @param environment as workload identity of AKS sets it; without it the node's managed identity
  Entra(Map<String, String> environment) {
    this(environment, null);
  }

  Entra(Map<String, String> environment, @Nullable IHttpClient http) {
    this.environment = Map.copyOf(environment);
    this.http = http;
  }

  @Override
  public String token(Endpoint at, String user) throws Exception {
    return way().token(at, user);
  }

  /// Each keeps its tokens until they end.
  private synchronized CloudTokens.Cloud way() throws MalformedURLException {
    var known = way;
    if (known == null) known = environment.containsKey(FEDERATED) ? federated() : managed();
    way = known;
    return known;
  }

  private CloudTokens.Cloud federated() throws MalformedURLException {
    var file = Path.of(environment.get(FEDERATED));
    var application =
        ConfidentialClientApplication.builder(
                environment.get(CLIENT),
                ClientCredentialFactory.createFromCallback(() -> Files.readString(file).strip()))
            .authority(environment.getOrDefault(AUTHORITY, PUBLIC) + environment.get(TENANT) + "/")
            .instanceDiscovery(false);
    if (http != null) application.httpClient(http);
    application.connectTimeoutForDefaultHttpClient(CONNECT_MILLIS);
    application.readTimeoutForDefaultHttpClient(READ_MILLIS);
    application.executorService(THREADS);
    var built = application.build();
    var wanted = ClientCredentialParameters.builder(Set.of(RESOURCE + "/.default")).build();
    return (_, _) -> built.acquireToken(wanted).get().accessToken();
  }

  private CloudTokens.Cloud managed() {
    var client = environment.get(CLIENT);
    var application =
        ManagedIdentityApplication.builder(
            client == null
                ? ManagedIdentityId.systemAssigned()
                : ManagedIdentityId.userAssignedClientId(client));
    if (http != null) application.httpClient(http);
    application.connectTimeoutForDefaultHttpClient(CONNECT_MILLIS);
    application.readTimeoutForDefaultHttpClient(READ_MILLIS);
    application.executorService(THREADS);
    var built = application.build();
    var wanted = ManagedIdentityParameters.builder(RESOURCE).build();
    return (_, _) -> built.acquireTokenForManagedIdentity(wanted).get().accessToken();
  }
}
