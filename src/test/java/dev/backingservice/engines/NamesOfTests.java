package dev.backingservice.engines;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Names that only a test knows; every other name is looked up as usual.
public final class NamesOfTests extends InetAddressResolverProvider {
  private static final Map<String, List<InetAddress>> NAMES = new ConcurrentHashMap<>();
  private static final Map<String, String> FAILURES = new ConcurrentHashMap<>();

  /// From now on the look-up of a name fails with these words.
  public static void fail(String name, String words) {
    FAILURES.put(name, words);
  }

  /// From now on a name has these addresses.
  public static void let(String name, String... addresses) {
    NAMES.put(name, Stream.of(addresses).map(a -> address(name, a)).toList());
  }

  private static InetAddress address(String name, String literal) {
    try {
      return InetAddress.getByAddress(name, InetAddress.ofLiteral(literal).getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    var usual = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
          throws UnknownHostException {
        var failure = FAILURES.get(host);
        if (failure != null) throw new UnknownHostException(host + ": " + failure);
        var known = NAMES.get(host);
        return known == null ? usual.lookupByName(host, policy) : known.stream();
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return usual.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "names of tests";
  }
}
