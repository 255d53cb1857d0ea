package dev.backingservice.engine.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The addresses of a name as they are now, past the runtime's cache, within a bounded time.
public final class Addresses {
  private static final long TIMEOUT_MILLIS = 3000;
  private static final ExecutorService LOOKUPS =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("lookup-", 0).factory());

  private Addresses() {}

  /// Names move: the runtime shall remember none of them. To be called before the first look-up.
  public static void cacheNothing() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
  }

  /// @throws UnknownHostException when there is none, or the look-up takes more than 3 s
  public static List<InetAddress> of(String host) throws UnknownHostException {
    var lookup = LOOKUPS.submit(() -> List.of(InetAddress.getAllByName(host)));
    try {
      return lookup.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw unknown(host);
    } catch (TimeoutException e) {
      lookup.cancel(true);
      throw unknown(host);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(host);
    }
  }

  private static UnknownHostException unknown(String host) {
    return new UnknownHostException(host);
  }
}
