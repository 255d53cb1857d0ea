package dev.backingservice.engine.cloud;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.TokenSource;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServerText;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/// Makes tokens with the identity of this process.
public final class CloudTokens implements TokenSource.Maker {
  private static final Logger LOG = Logger.getLogger(CloudTokens.class);

  private static final int MOST = 4;

  /// How long a cloud may take to vouch for this process.
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /// Those that wait for a cloud. Platform threads: virtual ones would wait for the class loader
  /// on each other's carriers.
  private static final ExecutorService THREADS = threads();

  private final Map<Kind, Cloud> clouds;

  /// Those of the clouds.
  public CloudTokens() {
    this(
        new EnumMap<>(
            Map.of(
                Kind.AWSIAM, new Rds(),
                Kind.AzureEntra, new Entra(System.getenv()),
                Kind.GCPIAM, new CloudSql())));
  }

  CloudTokens(Map<Kind, Cloud> clouds) {
    this.clouds = clouds;
  }

  private static ExecutorService threads() {
    var pool =
        new ThreadPoolExecutor(
            MOST,
            MOST,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("token-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Whose tokens.
  enum Kind {
    AWSIAM,
    AzureEntra,
    GCPIAM
  }

  /// One cloud's way.
  @FunctionalInterface
  interface Cloud {
    /// @param at where the account is
    String token(Endpoint at, String user) throws Exception;
  }

  @Override
  public TokenSource of(String auth, Endpoint at, String user) {
    return new Source(this, Kind.valueOf(auth), at, user);
  }

  private record Source(CloudTokens by, Kind kind, Endpoint at, String user)
      implements TokenSource {
    @Override
    public Sensitive token() throws EngineException {
      return by.token(this);
    }
  }

  /// What a cloud says may name accounts: the log has it, and nobody else.
  private Sensitive token(Source source) throws EngineException {
    try {
      return new Sensitive(asked(source));
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      LOG.warnf(
          "no token could be had: auth=%s host=%s cause=%s: %s",
          source.kind,
          source.at.host(),
          cause.getClass().getSimpleName(),
          ServerText.clean(String.valueOf(cause.getMessage())));
      throw refused(source);
    } catch (TimeoutException e) {
      LOG.warnf(
          "no token could be had: auth=%s host=%s cause=no answer within %d s",
          source.kind, source.at.host(), LONGEST.toSeconds());
      throw refused(source);
    }
  }

  private String asked(Source source) throws ExecutionException, TimeoutException {
    var cloud = clouds.get(source.kind);
    if (cloud == null) throw new IllegalStateException("each kind has its cloud");
    var asked = THREADS.submit(() -> cloud.token(source.at, source.user));
    try {
      return asked.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutionException(e);
    } finally {
      asked.cancel(true);
    }
  }

  private static EngineException refused(Source source) {
    return EngineException.of(
        Reason.ServerUnreachable,
        "the identity of the operator's pod gives no token for the administrator (spec.admin.auth: %s): the operator's log has the cause"
            .formatted(source.kind));
  }
}
