package dev.backingservice.engine.mysql;

import dev.backingservice.engine.wire.BoundedSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.util.ConfigurableSocketFactory;

/// Makes the connected sockets of one attempt. The driver makes it by reflection, and tells it the
/// attempt's token.
public final class AttemptSockets extends ConfigurableSocketFactory {
  /// The driver's option that holds the token.
  static final String TOKEN = "attempt";

  private @Nullable BoundedSocketFactory sockets;

  @Override
  public void setConfiguration(Configuration configuration, String host) {
    sockets = new BoundedSocketFactory(configuration.nonMappedOptions().getProperty(TOKEN));
  }

  /// Connected already: the driver would look the name up itself.
  @Override
  public Socket createSocket() throws IOException {
    if (sockets == null) throw new IOException("no attempt is named");
    var socket = sockets.createSocket();
    socket.connect(new InetSocketAddress(0), 0);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }
}
