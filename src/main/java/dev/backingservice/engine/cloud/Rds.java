package dev.backingservice.engine.cloud;

import dev.backingservice.model.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/// Amazon RDS and Aurora: a token is a URL that is signed for `rds-db:connect` (Amazon RDS User
/// Guide, "IAM database authentication").
final class Rds implements CloudTokens.Cloud {
  private static final Duration LIFE = Duration.ofMinutes(15);

  /// `<name>.<hash>.<region>.rds.amazonaws.com`, and the same in China.
  private static final Pattern HOST =
      Pattern.compile("[^.]+\\.[^.]+\\.([a-z0-9-]+)\\.rds\\.amazonaws\\.com(?:\\.cn)?\\.?");

  private final Supplier<AwsCredentialsIdentity> credentials;
  private final Clock clock;

  Rds() {
    this(Held.PROVIDER::resolveCredentials, Clock.systemUTC());
  }

  Rds(Supplier<AwsCredentialsIdentity> credentials, Clock clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /// Made at its first use: web identity of a service account, EKS Pod Identity, instance profile.
  private static final class Held {
    static final DefaultCredentialsProvider PROVIDER = DefaultCredentialsProvider.builder().build();
  }

  @Override
  public String token(Endpoint at, String user) {
    var request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.GET)
            .protocol("https")
            .host(at.host())
            .port(at.port())
            .encodedPath("/")
            .putRawQueryParameter("Action", "connect")
            .putRawQueryParameter("DBUser", user)
            .build();
    var identity = credentials.get();
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(identity)
                        .request(request)
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "rds-db")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region(at.host()))
                        .putProperty(
                            AwsV4FamilyHttpSigner.AUTH_LOCATION,
                            AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, LIFE)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock));
    return signed.request().getUri().toString().substring("https://".length());
  }

  private static String region(String host) {
    var named = HOST.matcher(host);
    return named.matches() ? named.group(1) : new DefaultAwsRegionProviderChain().getRegion().id();
  }
}
