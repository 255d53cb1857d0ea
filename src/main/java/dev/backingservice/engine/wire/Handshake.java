package dev.backingservice.engine.wire;

import dev.backingservice.engine.Server;
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

  /// What a protocol sends and reads before the handshake.
  @FunctionalInterface
  public interface Prelude {
    /// @throws IOException when the server has no TLS
    void play(Socket plain) throws IOException;
  }

  /// Empty when nothing is verified, nobody answers or the certificate does not verify: what is
  /// wrong then, the administrator's login says.
  public static Optional<Seen> look(Server server, Endpoint to, Prelude prelude) {
    if (server.trust().mode() == Trust.Mode.Disabled) return Optional.empty();
    try (var attempt =
            new Attempt(
                to, server.trust(), Optional.empty(), Optional.empty(), UnaryOperator.identity());
        var plain = new BoundedSocketFactory(attempt.token()).createSocket()) {
      attempt.bounds().begin(ATMOST);
      plain.connect(new InetSocketAddress(to.port()), TIMEOUT_MILLIS);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      prelude.play(plain);
      return shaken(attempt, plain, to);
    } catch (IOException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static Optional<Seen> shaken(Attempt attempt, Socket plain, Endpoint to)
      throws IOException, GeneralSecurityException {
    var factory = new PinnedSslFactory(attempt.token());
    try (var tls = (SSLSocket) factory.createSocket(plain, to.host(), to.port(), true)) {
      tls.startHandshake();
      var leaf = attempt.chain().getFirst();
      var protection =
          new Protection(
              attempt.protocol(), leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
      return Optional.of(new Seen(protection, attempt.anchor()));
    } finally {
      attempt.bounds().end();
    }
  }
}
