package dev.backingservice.engine.smtp;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.engine.wire.Dialled;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Trust;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Opens connections up to the second EHLO: TLS stands, and nobody is logged in.
final class Connections {
  /// How long a connection may be used, all in all.
  private static final Duration WHOLE = Duration.ofSeconds(8);

  private Connections() {}

  /// A connection that is greeted.
  ///
  /// @param greeting what the server says of itself; empty text where it was said in clear
  /// @param offered what it can do, after TLS
  /// @param authBeforeTls whether it would have taken a password in clear
  record Opened(
      Socket socket,
      Smtp smtp,
      Attempt attempt,
      String greeting,
      Smtp.Reply offered,
      boolean authBeforeTls)
      implements AutoCloseable {
    /// Says goodbye and hangs up. Never fails.
    @Override
    public void close() {
      try (socket) {
        if (!attempt.bounds().exceeded()) smtp.ask("QUIT");
      } catch (IOException e) {
        return; // it is gone either way
      } finally {
        attempt.bounds().end();
      }
    }
  }

  /// @param certificate where the server demands one
  static Opened open(Server server, Optional<Credential.ClientCertificate> certificate)
      throws EngineException {
    var attempt =
        new Attempt(
            server.data(), server.trust(), certificate, Optional.empty(), UnaryOperator.identity());
    attempt.bounds().begin(WHOLE);
    try (attempt) {
      return greeted(server, attempt);
    } catch (IOException e) {
      attempt.bounds().end();
      throw failed(e, attempt, server);
    }
  }

  private static Opened greeted(Server server, Attempt attempt) throws IOException {
    var start = new Start(server.startsTls());
    var socket = Dialled.open(attempt, start::play);
    try {
      var smtp = new Smtp(socket.getInputStream(), socket.getOutputStream());
      var greeting = start.greeted ? "" : greeting(smtp);
      return new Opened(socket, smtp, attempt, greeting, hello(smtp, socket), start.authBeforeTls);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// What is said in clear where TLS is asked for (RFC 3207).
  private static final class Start {
    private final boolean startsTls;
    private boolean greeted;
    private boolean authBeforeTls;

    Start(boolean startsTls) {
      this.startsTls = startsTls;
    }

    void play(Socket plain) throws IOException {
      if (!startsTls) return;
      var smtp = new Smtp(plain.getInputStream(), plain.getOutputStream());
      Connections.greeting(smtp);
      greeted = true;
      var offered = hello(smtp, plain);
      authBeforeTls = offered.extension("AUTH").isPresent();
      if (offered.extension("STARTTLS").isEmpty()) throw new NoTls();
      served(smtp.ask("STARTTLS"));
      // section 5 of RFC 3207: what was sent before TLS counts for nothing
      if (plain.getInputStream().available() > 0) throw new Injected();
    }
  }

  private static String greeting(Smtp smtp) throws IOException {
    var said = smtp.reply();
    if (served(said).code() != 220) throw new Smtp.Unexpected("no greeting");
    return said.lines().getFirst().replaceFirst("^\\S*\\s*", "");
  }

  /// A relay may refuse whoever it does not like at any step.
  private static Smtp.Reply served(Smtp.Reply said) throws Busy {
    if (said.code() >= 400) throw new Busy(said.text());
    return said;
  }

  /// A client without a name gives its address (RFC 5321, section 4.1.3).
  private static Smtp.Reply hello(Smtp smtp, Socket socket) throws IOException {
    var address = socket.getLocalAddress();
    var literal = address.getHostAddress().replaceFirst("%.*", "");
    var said =
        smtp.ask("EHLO [" + (address instanceof Inet6Address ? "IPv6:" : "") + literal + "]");
    return served(said);
  }

  /// The server has no TLS.
  private static final class NoTls extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// Somebody put words between the consent and the handshake.
  private static final class Injected extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// The server does not serve: nobody for now, or not this client.
  private static final class Busy extends IOException {
    private static final long serialVersionUID = 1;

    Busy(String said) {
      super(said);
    }
  }

  static EngineException failed(IOException e, Attempt attempt, Server server) {
    var where = server.name() + " (" + server.data() + ")";
    return switch (e) {
      case NoTls _ ->
          EngineException.of(
              Reason.ProtocolMismatch,
              where
                  + " does not offer STARTTLS: switch it on there, or set spec.tls.handshake: Implicit for a port with TLS from the start");
      case Injected _ ->
          EngineException.of(
              Reason.CertificateNotTrusted,
              where
                  + " sends something between STARTTLS and the handshake: somebody may stand in between");
      case Busy busy ->
          EngineException.of(
              Reason.ServerUnreachable,
              where + " does not serve: " + ConnectFailure.quoted(ConnectFailure.message(busy)));
      case Smtp.Unexpected _ -> mismatch(server, where);
      default ->
          ConnectFailure.ofTls(e, attempt, where)
              .or(() -> ConnectFailure.ofReach(e, attempt, where))
              .orElseGet(
                  () ->
                      EngineException.of(
                          Reason.ServerUnreachable,
                          where + " breaks off: " + ConnectFailure.said(e)));
    };
  }

  private static EngineException mismatch(Server server, String where) {
    return EngineException.of(
        Reason.ProtocolMismatch,
        server.trust().mode() == Trust.Mode.Disabled || server.startsTls()
            ? where
                + " does not speak SMTP: correct spec.port, or set spec.tls.handshake: Implicit for a port with TLS from the start"
            : where
                + " does not speak SMTP: correct spec.port, or set spec.tls.handshake: StartTLS");
  }
}
