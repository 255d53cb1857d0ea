package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Trust;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/// Looks at a server's TLS: asks for it (PostgreSQL manual, section 55.2.10), shakes hands, and
/// hangs up. The driver does not tell what it saw.
final class Handshake {
  private static final int LENGTH = 8;
  private static final int SSL_REQUEST = 80877103;
  private static final int TIMEOUT_MILLIS = 3000;

  private Handshake() {}

  /// What was seen.
  ///
  /// @param anchor PEM, of the certificate that the server's chain leads to
  record Seen(Protection protection, Optional<String> anchor) {}

  static Optional<Seen> look(Server server) {
    if (server.trust().mode() == Trust.Mode.Disabled) return Optional.empty();
    var to = server.admin();
    try (var plain = new Socket()) {
      plain.connect(new InetSocketAddress(to.host(), to.port()), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      var out = new DataOutputStream(plain.getOutputStream());
      out.writeInt(LENGTH);
      out.writeInt(SSL_REQUEST);
      if (plain.getInputStream().read() != 'S') return Optional.empty();
      return Optional.of(shaken(server, plain));
    } catch (IOException | GeneralSecurityException e) {
      return Optional.empty(); // what is wrong with it, the administrator's login says
    }
  }

  private static Seen shaken(Server server, Socket plain)
      throws IOException, GeneralSecurityException {
    var factory = new PinnedSslFactory(PinnedSslFactory.argument(server.trust(), Optional.empty()));
    var host = server.admin().host();
    try (var tls = (SSLSocket) factory.createSocket(plain, host, server.admin().port(), true)) {
      tls.startHandshake();
      var session = tls.getSession();
      var leaf = (X509Certificate) session.getPeerCertificates()[0];
      var anchor = Anchors.anchorOf(server.trust(), session.getPeerCertificates());
      return new Seen(
          new Protection(
              session.getProtocol(),
              leaf.getNotBefore().toInstant(),
              leaf.getNotAfter().toInstant()),
          anchor.isEmpty() ? Optional.empty() : Optional.of(pem(anchor.get())));
    }
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    var body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
  }
}
