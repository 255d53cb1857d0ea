package dev.backingservice.engine.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLSocket;

/// A connection of an [Attempt] for protocols that are spoken here, without a driver.
public final class Dialled {
  private static final int TIMEOUT_MILLIS = 5000;

  private Dialled() {}

  /// Connects and shakes hands, within the bounds of the attempt; in clear where nothing is
  /// secured.
  ///
  /// @throws IOException when nobody answers, there is no TLS or the certificate does not verify
  public static Socket open(Attempt attempt) throws IOException {
    return open(attempt, _ -> {});
  }

  /// The same where TLS has to be asked for.
  ///
  /// @param before what is said in clear, where TLS follows
  public static Socket open(Attempt attempt, Handshake.Prelude before) throws IOException {
    var plain = new BoundedSocketFactory(attempt.token()).createSocket();
    try {
      plain.connect(new InetSocketAddress(attempt.port()), 0);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      plain.setTcpNoDelay(true);
      if (!attempt.secures()) return plain;
      before.play(plain);
      return secured(attempt, plain);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  private static Socket secured(Attempt attempt, Socket plain) throws IOException {
    try {
      var factory = new PinnedSslFactory(attempt.token());
      var tls = (SSLSocket) factory.createSocket(plain, "", 0, true);
      tls.startHandshake();
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
