package dev.backingservice.engine.wire;

import dev.backingservice.model.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks whether anybody listens, at any address of some endpoints: all of them at once, each name
/// looked up afresh.
public final class Reach {
  /// A lost packet is sent again after a second: one such loss is no silence.
  private static final long CONNECT_MILLIS = 2000;

  private Reach() {}

  /// Whether a connection is accepted anywhere. Takes at most 2 s besides the look-ups.
  public static boolean anybodyAt(Collection<Endpoint> endpoints) {
    try {
      var addresses = addresses(endpoints);
      return !addresses.isEmpty() && anybody(addresses);
    } catch (Addresses.Unanswered e) {
      return true; // the name server is silent: nothing is known of the server
    }
  }

  private static boolean anybody(List<InetSocketAddress> addresses) {
    try (var selector = Selector.open()) {
      return accepted(selector, addresses);
    } catch (IOException e) {
      return true; // out of descriptors: nothing is known of the server
    }
  }

  private static List<InetSocketAddress> addresses(Collection<Endpoint> endpoints)
      throws Addresses.Unanswered {
    var addresses = new LinkedHashSet<InetSocketAddress>();
    for (var endpoint : endpoints) {
      try {
        for (var address : Addresses.of(endpoint.host()))
          addresses.add(new InetSocketAddress(address, endpoint.port()));
      } catch (Addresses.Unanswered e) {
        throw e;
      } catch (UnknownHostException e) {
        continue; // a name without an address answers nobody
      }
    }
    return List.copyOf(addresses);
  }

  private static boolean accepted(Selector selector, List<InetSocketAddress> addresses)
      throws IOException {
    var channels = new ArrayList<SocketChannel>();
    try {
      int pending = 0;
      for (var address : addresses) {
        var channel = SocketChannel.open();
        channels.add(channel);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_CONNECT);
        if (begun(channel, address)) pending++;
      }
      return finished(selector, pending);
    } finally {
      for (var channel : channels) channel.close();
    }
  }

  private static boolean begun(SocketChannel channel, InetSocketAddress address) {
    try {
      channel.connect(address);
      return true;
    } catch (IOException e) {
      return false; // no route
    }
  }

  private static boolean finished(Selector selector, int pending) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS);
    while (pending > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) return false;
      selector.select(left);
      for (var key : selector.selectedKeys()) {
        if (connects((SocketChannel) key.channel())) return true;
        key.cancel();
        pending--;
      }
      selector.selectedKeys().clear();
    }
    return false;
  }

  private static boolean connects(SocketChannel channel) {
    try {
      return channel.finishConnect();
    } catch (IOException e) {
      return wasReset(e);
    }
  }

  /// Whether somebody accepted a connection and reset it before anybody could look: where nobody
  /// listens, it is refused.
  static boolean wasReset(IOException e) {
    return !(e instanceof ConnectException)
        && String.valueOf(e.getMessage()).startsWith("Connection reset");
  }
}
