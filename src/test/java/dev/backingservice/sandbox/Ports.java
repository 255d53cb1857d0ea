package dev.backingservice.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for servers that come and go. They lie below those that Linux gives to clients
/// (`ip_local_port_range`), so that a server that was stopped for a while finds its own again.
public final class Ports {
  private static final int FROM = 20_000;
  private static final int TO = 30_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /// One that nobody listens on, and that was not given before.
  public static int free() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      if (GIVEN.add(port) && unused(port)) return port;
    }
  }

  private static boolean unused(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
