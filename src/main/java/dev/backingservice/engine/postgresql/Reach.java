package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/// Asks whether anybody listens, on any address of a name.
final class Reach {
  private static final int CONNECT_MILLIS = 3000;

  private Reach() {}

  static boolean anybodyAt(Endpoint endpoint) {
    try {
      for (var address : InetAddress.getAllByName(endpoint.host()))
        if (connects(address, endpoint.port())) return true;
      return false;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static boolean connects(InetAddress address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
