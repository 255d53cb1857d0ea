package dev.backingservice.engine.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The addresses of a name as they are now, past the runtime's cache, within a bounded time.
public final class Addresses {
  private static final long TIMEOUT_MILLIS = 3000;
  private static final int MOST = 16;
  private static final List<String> FAILURES =
      List.of("Temporary failure", "Non-recoverable failure", "System error");
  private static final Map<String, CompletableFuture<List<InetAddress>>> UNDER_WAY =
      new ConcurrentHashMap<>();
  private static final ExecutorService LOOKUPS =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("lookup-", 0).factory());

  private Addresses() {}

  /// No name server answered in time, or each failed: nothing is known of the server.
  public static final class Unanswered extends UnknownHostException {
    private static final long serialVersionUID = 1;

    Unanswered(String host) {
      super(host);
    }
  }

  /// Names move: the runtime shall remember none of them. To be called before the first look-up.
  public static void cacheNothing() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /// At most 16 addresses: a name with more of them is nobody's server. Callers that ask for
  /// one name at the same time share the look-up, so that no more threads wait than there are
  /// names.
  ///
  /// @throws UnknownHostException when there is none
  /// @throws Unanswered when the look-up takes more than 3 s, or the name servers fail
  public static List<InetAddress> of(String host) throws UnknownHostException {
    try {
      return lookUp(host).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(e.getCause()) ? new Unanswered(host) : unknown(host);
    } catch (TimeoutException e) {
      throw new Unanswered(host);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unanswered(host);
    }
  }

  /// Whether the name servers failed, such as with SERVFAIL: that says nothing of the name. The
  /// words are those of gai_strerror(3).
  private static boolean failed(@Nullable Throwable cause) {
    var said = cause == null ? "" : String.valueOf(cause.getMessage());
    return FAILURES.stream().anyMatch(said::contains);
  }

  private static CompletableFuture<List<InetAddress>> lookUp(String host) {
    return UNDER_WAY.computeIfAbsent(
        host,
        _ -> {
          var asked = new CompletableFuture<List<InetAddress>>();
          LOOKUPS.execute(() -> answer(host, asked));
          return asked;
        });
  }

  private static void answer(String host, CompletableFuture<List<InetAddress>> asked) {
    try {
      var all = InetAddress.getAllByName(host);
      asked.complete(Stream.of(all).limit(MOST).toList());
    } catch (UnknownHostException e) {
      asked.completeExceptionally(e);
    } finally {
      UNDER_WAY.remove(host);
      asked.completeExceptionally(unknown(host)); // when it was not completed
    }
  }

  private static UnknownHostException unknown(String host) {
    return new UnknownHostException(host);
  }
}
