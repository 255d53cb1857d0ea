package dev.backingservice.engine.wire;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Protection;
import dev.backingservice.model.Trust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// Looks at an endpoint's TLS: asks for it as the protocol wants it, shakes hands, and hangs up.
public final class Handshake {
  private static final Duration ATMOST = Duration.ofSeconds(5);
  private static final int TIMEOUT_MILLIS = 3000;

  private Handshake() {}

  /// What was seen.
  ///
  /// @param anchor PEM, of the certificate that the server's chain leads to
  public record Seen(Protection protection, Optional<String> anchor) {}

  /// What a protocol sends and reads before the handshake, or after it.
  @FunctionalInterface
  public interface Prelude {
    /// @throws IOException when the server has no TLS
    void play(Socket socket) throws IOException;
  }

  /// Empty when nothing is verified, nobody answers or the certificate does not verify: what is
  /// wrong then, the administrator's login says.
  public static Optional<Seen> look(Server server, Endpoint to, Prelude prelude) {
    if (server.trust().mode() == Trust.Mode.Disabled) return Optional.empty();
    try (var attempt = attempt(server, to, Optional.empty())) {
      return Optional.of(shake(attempt, prelude, _ -> {}));
    } catch (IOException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /// A try for a handshake alone.
  ///
  /// @param shown the client's certificate, where one is shown
  public static Attempt attempt(
      Server server, Endpoint to, Optional<Credential.ClientCertificate> shown) {
    return new Attempt(to, server.trust(), shown, Optional.empty(), UnaryOperator.identity());
  }

  /// Shakes hands within 5 s.
  ///
  /// @param epilogue what is done with the connection then
  /// @throws IOException when nobody answers, there is no TLS or the certificate does not verify
  public static Seen shake(Attempt attempt, Prelude prelude, Prelude epilogue)
      throws IOException, GeneralSecurityException {
    attempt.bounds().begin(ATMOST);
    try (var plain = new BoundedSocketFactory(attempt.token()).createSocket()) {
      plain.connect(new InetSocketAddress(attempt.port()), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      prelude.play(plain);
      return shaken(attempt, plain, epilogue);
    } finally {
      attempt.bounds().end();
    }
  }

  /// Connects, and hangs up.
  ///
  /// @throws IOException when nobody answers
  public static void connect(Attempt attempt) throws IOException {
    attempt.bounds().begin(ATMOST);
    try (var plain = new BoundedSocketFactory(attempt.token()).createSocket()) {
      plain.connect(new InetSocketAddress(attempt.port()), TIMEOUT_MILLIS);
    } finally {
      attempt.bounds().end();
    }
  }

  private static Seen shaken(Attempt attempt, Socket plain, Prelude epilogue)
      throws IOException, GeneralSecurityException {
    var factory = new PinnedSslFactory(attempt.token());
    var to = attempt.to();
    try (var tls = (SSLSocket) factory.createSocket(plain, to.host(), to.port(), true)) {
      tls.startHandshake();
      var seen = seen(attempt).orElseThrow(() -> new SSLException("no certificate was shown"));
      epilogue.play(tls);
      return seen;
    }
  }

  /// What the handshake of an attempt showed; empty without TLS.
  public static Optional<Seen> seen(Attempt attempt) {
    return attempt.chain().stream()
        .findFirst()
        .map(
            leaf ->
                new Seen(
                    new Protection(
                        attempt.protocol(),
                        leaf.getNotBefore().toInstant(),
                        leaf.getNotAfter().toInstant()),
                    attempt.anchor()));
  }
}
