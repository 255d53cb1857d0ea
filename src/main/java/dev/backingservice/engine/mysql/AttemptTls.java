package dev.backingservice.engine.mysql;

import dev.backingservice.engine.wire.BoundedSocketFactory;
import dev.backingservice.engine.wire.PinnedSslFactory;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.mariadb.jdbc.plugin.TlsSocketPlugin;

/// TLS of one attempt, on its own socket: with its anchors, its client certificate, and the name
/// compared. The driver finds it as a service of its name.
public final class AttemptTls implements TlsSocketPlugin {
  /// The driver's name for it.
  static final String TYPE = "attempt";

  @Override
  public String type() {
    return TYPE;
  }

  /// Nobody: the attempt has its own.
  @Override
  public TrustManager[] getTrustManager(
      Configuration configuration, ExceptionFactory exceptions, HostAddress host) {
    return new TrustManager[0];
  }

  @Override
  public KeyManager @Nullable [] getKeyManager(
      Configuration configuration, ExceptionFactory exceptions) {
    return null;
  }

  @Override
  public SSLSocket createSocket(Socket socket, SSLSocketFactory ignored) throws IOException {
    try {
      var factory = new PinnedSslFactory(BoundedSocketFactory.tokenOf(socket));
      return (SSLSocket) factory.createSocket(socket, "", 0, true);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /// The handshake compares the name.
  @Override
  public void verify(String host, SSLSession session, long thread) {}
}
