package dev.backingservice.engine.generic;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Trust;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;

/// Connects, verifies and hangs up: not a byte of the protocol inside is spoken.
final class Connections {
  static final LongAdder HANDSHAKES = new LongAdder();

  /// How long a server has to say that it does not take a certificate: in TLS 1.3 it says so after
  /// the handshake (RFC 8446, section 4.4.2.4).
  private static final int REFUSAL_MILLIS = 300;

  private Connections() {}

  /// What was seen; nothing without TLS.
  ///
  /// @param anchor PEM
  record Seen(Optional<Protection> protection, Optional<String> anchor) {}

  static Seen open(Server server) throws EngineException {
    return connected(server, Optional.empty(), _ -> {});
  }

  /// As a client that shows the certificate which the server demands.
  static Seen knock(Server server, Optional<Credential.ClientCertificate> certificate)
      throws EngineException {
    return connected(server, certificate, certificate.isPresent() ? Connections::taken : _ -> {});
  }

  private static Seen connected(
      Server server, Optional<Credential.ClientCertificate> certificate, Handshake.Prelude epilogue)
      throws EngineException {
    HANDSHAKES.increment();
    var where = server.name() + " (" + server.data() + ")";
    try (var attempt = Handshake.attempt(server, server.data(), certificate)) {
      try {
        return server.trust().mode() == Trust.Mode.Disabled
            ? plain(attempt)
            : seen(Handshake.shake(attempt, _ -> {}, epilogue));
      } catch (IOException | GeneralSecurityException e) {
        throw failure(e, attempt, where);
      }
    }
  }

  private static Seen seen(Handshake.Seen seen) {
    return new Seen(Optional.of(seen.protection()), seen.anchor());
  }

  private static Seen plain(Attempt attempt) throws IOException {
    Handshake.connect(attempt);
    return new Seen(Optional.empty(), Optional.empty());
  }

  /// A server that takes the certificate waits for the client to speak.
  private static void taken(Socket tls) throws IOException {
    tls.setSoTimeout(REFUSAL_MILLIS);
    try {
      if (tls.getInputStream().read() < 0) throw new Refused();
    } catch (SocketTimeoutException e) {
      return; // nothing was said against it
    } catch (SSLException e) {
      throw new Refused();
    }
  }

  /// The server does not take the client's certificate.
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static EngineException failure(Exception e, Attempt attempt, String where) {
    if (e instanceof Refused)
      return EngineException.of(
          Reason.LoginRefused,
          where + " does not take the client certificate: let it trust the operator's authority");
    if (attempt.answered() && !attempt.bounds().exceeded() && speaksNoTls(e))
      return EngineException.of(
          Reason.ProtocolMismatch,
          where
              + " answers without TLS: name the port with implicit TLS in another BackingServer, and point spec.server to that");
    return ConnectFailure.ofTls(e, attempt, where)
        .or(() -> ConnectFailure.ofReach(e, attempt, where))
        .orElseGet(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable,
                    where + " breaks the connection off: " + ConnectFailure.said(e)));
  }

  /// Bytes that are no TLS, in the words of the Java runtime, or none at all.
  private static boolean speaksNoTls(Exception e) {
    return ConnectFailure.cause(e, EOFException.class).isPresent()
        || String.valueOf(e.getMessage()).startsWith("Unsupported or unrecognized SSL message");
  }
}
