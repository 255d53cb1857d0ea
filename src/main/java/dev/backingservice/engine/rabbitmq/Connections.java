package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.engine.wire.Dialled;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Opens connections, to the management API and to where workloads connect.
final class Connections {
  /// How long a login may take, all in all.
  private static final Duration LOGIN = Duration.ofSeconds(5);

  private Connections() {}

  /// A connection that nobody logged in on.
  record Opened(Socket socket, Attempt attempt) {}

  /// @param only the one address to be tried; empty: all of the name's
  static ApiLine administrator(Server server, Optional<InetAddress> only) throws EngineException {
    var line = api(server, server.adminUser(), server.adminPassword(), only);
    try {
      var said = new Api(line, server).said("GET", "whoami", "");
      line.attempt().bounds().end();
      refuse(said, server);
      return line;
    } catch (EngineException e) {
      line.discard();
      throw e;
    }
  }

  private static void refuse(Http.Answer said, Server server) throws EngineException {
    if (said.status() == 401 && !said.body().contains("Not management user"))
      throw EngineException.of(
          Reason.AdminRefused,
          "the management API of %s refuses the administrator's login: correct the Secret that spec.admin names"
              .formatted(server.name()));
    if (said.status() != 401 && !said.good())
      throw EngineException.of(
          said.status() == 404 ? Reason.ProtocolMismatch : Reason.ServerUnreachable,
          "%s (%s) answers with status %d where the management API is looked for: correct spec.admin.endpoint"
              .formatted(server.name(), server.admin(), said.status()));
    if (said.status() == 401 || !Account.tags(Api.json(said, server)).contains("administrator"))
      throw Api.tooWeak(server);
  }

  private static ApiLine api(
      Server server, String user, Sensitive password, Optional<InetAddress> only)
      throws EngineException {
    var opened = open(server, server.admin(), Optional.empty(), only);
    try {
      var login =
          Base64.getEncoder()
              .encodeToString((user + ":" + password.reveal()).getBytes(StandardCharsets.UTF_8));
      var socket = opened.socket();
      return new ApiLine(
          socket,
          new Http(socket.getInputStream(), socket.getOutputStream()),
          opened.attempt(),
          server.admin().authority(),
          "Basic " + login);
    } catch (IOException e) {
      throw failed(e, opened.attempt(), server, server.admin());
    }
  }

  /// Whether an account that every broker begins with is let in.
  static boolean letsIn(Server server, String user, String password) {
    ApiLine line = null;
    try {
      line = api(server, user, new Sensitive(password), Optional.empty());
      return line.ask("GET", "whoami", "").good();
    } catch (EngineException | IOException e) {
      return false;
    } finally {
      if (line != null) {
        line.attempt().bounds().end();
        line.discard();
      }
    }
  }

  /// A connection within the bounds of a login.
  static Opened open(
      Server server,
      Endpoint to,
      Optional<Credential.ClientCertificate> certificate,
      Optional<InetAddress> only)
      throws EngineException {
    var attempt = new Attempt(to, server.trust(), certificate, only, UnaryOperator.identity());
    attempt.bounds().begin(LOGIN);
    try (attempt) {
      return new Opened(Dialled.open(attempt), attempt);
    } catch (IOException e) {
      attempt.bounds().end();
      throw failed(e, attempt, server, to);
    }
  }

  static EngineException failed(IOException e, Attempt attempt, Server server, Endpoint to) {
    var where = server.name() + " (" + to + ")";
    if (e instanceof Http.Unexpected || e instanceof Amqp.Unexpected) return mismatch(server, to);
    return ConnectFailure.ofTls(e, attempt, where)
        .or(() -> ConnectFailure.ofReach(e, attempt, where))
        .orElseGet(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable, where + " breaks off: " + ConnectFailure.said(e)));
  }

  private static EngineException mismatch(Server server, Endpoint to) {
    return EngineException.of(
        Reason.ProtocolMismatch,
        to.equals(server.admin())
            ? "%s (%s) does not speak the management API of RabbitMQ: correct spec.admin.endpoint"
                .formatted(server.name(), to)
            : "%s (%s) does not speak AMQP 0-9-1: correct spec.port".formatted(server.name(), to));
  }

  /// What the handshake shows where workloads connect; empty without TLS.
  ///
  /// @throws EngineException when nobody is there, or it does not verify
  static Optional<Handshake.Seen> data(Server server) throws EngineException {
    var opened = open(server, server.data(), Optional.empty(), Optional.empty());
    try (var _ = opened.socket()) {
      return Handshake.seen(opened.attempt());
    } catch (IOException e) {
      return Handshake.seen(opened.attempt()); // it was there
    } finally {
      opened.attempt().bounds().end();
    }
  }

  /// The text of a field; empty text without it.
  static String text(JsonNode of, String field) {
    return of.path(field).isTextual() ? of.path(field).textValue() : "";
  }
}
