package dev.backingservice.engine.wire;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/// Makes the plain sockets of one [Attempt]. A driver makes the factory by reflection from the
/// attempt's token.
public final class BoundedSocketFactory extends SocketFactory {
  private final Attempt attempt;

  /// @param token of the attempt
  public BoundedSocketFactory(String token) {
    this.attempt = Attempt.find(token);
  }

  @Override
  public Socket createSocket() {
    return new BoundedSocket(attempt);
  }

  /// The token of the attempt that a socket of such a factory was made for.
  public static String tokenOf(Socket socket) {
    if (socket instanceof BoundedSocket bounded) return bounded.attempt.token();
    throw new IllegalArgumentException("a socket of no attempt");
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    var socket = new BoundedSocket(attempt);
    socket.connect(new InetSocketAddress(attempt.port()), 0);
    return socket;
  }

  /// Connects to the attempt's addresses, whatever address it is given, and counts what it reads.
  private static final class BoundedSocket extends Socket {
    private static final int CONNECT_MILLIS = 3000;
    private final Attempt attempt;
    private @Nullable InputStream guarded;

    BoundedSocket(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
      connect(ignored, CONNECT_MILLIS);
    }

    /// A socket connects once only: the first address that accepts is asked for with sockets of
    /// their own.
    @Override
    public void connect(SocketAddress ignored, int timeout) throws IOException {
      var address = accepting(timeout > 0 ? timeout : CONNECT_MILLIS);
      try {
        super.connect(new InetSocketAddress(address, attempt.port()), CONNECT_MILLIS);
      } catch (IOException e) {
        if (Reach.wasReset(e)) attempt.connected(address, this);
        throw e;
      }
      attempt.connected(address, this);
    }

    private InetAddress accepting(int timeout) throws IOException {
      var addresses = attempt.addresses();
      if (addresses.isEmpty()) throw new UnknownHostException();
      if (addresses.size() == 1) return addresses.getFirst();
      IOException last = new IOException("no address");
      for (var address : addresses) {
        if (attempt.bounds().exceeded()) break;
        try (var probe = new Socket()) {
          probe.connect(new InetSocketAddress(address, attempt.port()), timeout);
          return address;
        } catch (IOException e) {
          last = e;
        }
      }
      throw last;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      var known = guarded;
      if (known == null)
        guarded = known = attempt.inClear(new Counted(super.getInputStream(), attempt.bounds()));
      return known;
    }
  }

  private static final class Counted extends FilterInputStream {
    private final Bounds bounds;

    Counted(InputStream in, Bounds bounds) {
      super(in);
      this.bounds = bounds;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      bounds.read(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      bounds.read(read);
      return read;
    }
  }
}
