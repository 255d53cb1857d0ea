package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.engine.wire.Dialled;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Opens connections and logs in.
final class Connections {
  /// How long a login may take, all in all.
  private static final Duration LOGIN = Duration.ofSeconds(5);

  private Connections() {}

  /// A login that was let in, or what the server said instead.
  sealed interface Greeted {
    record In(RedisLine line) implements Greeted {}

    record Turned(Reply.Refusal refusal) implements Greeted {}
  }

  /// @param only the one address to be tried; empty: all of the name's
  static RedisLine administrator(Server server, Optional<InetAddress> only) throws EngineException {
    var greeted =
        login(
            server,
            server.admin(),
            server.adminUser(),
            server.adminPassword(),
            Optional.empty(),
            only);
    return switch (greeted) {
      case Greeted.In(var line) -> line;
      case Greeted.Turned(var refusal) ->
          throw EngineException.of(
              crowded(refusal) ? Reason.ServerUnreachable : Reason.AdminRefused,
              "the administration of %s refuses the login: %s; correct the Secret that spec.admin names"
                  .formatted(server.name(), answer(refusal)));
    };
  }

  static Greeted login(
      Server server,
      Endpoint to,
      String user,
      Sensitive password,
      Optional<Credential.ClientCertificate> certificate,
      Optional<InetAddress> only)
      throws EngineException {
    var line = open(server, to, certificate, only);
    try {
      var said = line.resp().ask("AUTH", user, password.reveal());
      line.attempt().bounds().end();
      if (said instanceof Reply.Text(var ok) && ok.equals("OK")) return new Greeted.In(line);
      line.discard();
      if (said instanceof Reply.Refusal refusal) return new Greeted.Turned(refusal);
      throw mismatch(server, to);
    } catch (IOException e) {
      line.discard();
      throw failed(e, line.attempt(), server, to);
    }
  }

  /// A connection of nobody.
  static RedisLine open(
      Server server,
      Endpoint to,
      Optional<Credential.ClientCertificate> certificate,
      Optional<InetAddress> only)
      throws EngineException {
    var attempt = new Attempt(to, server.trust(), certificate, only, UnaryOperator.identity());
    attempt.bounds().begin(LOGIN);
    try (attempt) {
      var socket = Dialled.open(attempt);
      return new RedisLine(socket, resp(socket), attempt);
    } catch (IOException e) {
      attempt.bounds().end();
      throw failed(e, attempt, server, to);
    }
  }

  private static Resp resp(Socket socket) throws IOException {
    return new Resp(socket.getInputStream(), socket.getOutputStream());
  }

  private static EngineException failed(
      IOException e, Attempt attempt, Server server, Endpoint to) {
    var where = server.name() + " (" + to + ")";
    if (e instanceof Resp.Unexpected) return mismatch(server, to);
    return ConnectFailure.ofTls(e, attempt, where)
        .or(() -> ConnectFailure.ofReach(e, attempt, where))
        .orElseGet(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable,
                    where + " does not let us in: " + ConnectFailure.said(e)));
  }

  private static EngineException mismatch(Server server, Endpoint to) {
    return EngineException.of(
        Reason.ProtocolMismatch,
        "%s (%s) does not speak the protocol of Redis and Valkey: correct spec.port"
            .formatted(server.name(), to));
  }

  /// Whether no connection is free for anybody.
  static boolean crowded(Reply.Refusal refusal) {
    return refusal.said().contains("max number of clients");
  }

  /// What the server says about a login. Of what it does not know, Redis repeats the arguments: of
  /// such an answer only the kind is told.
  static String answer(Reply.Refusal refusal) {
    boolean known =
        List.of("WRONGPASS", "NOAUTH", "LOADING").contains(refusal.code()) || crowded(refusal);
    return ConnectFailure.quoted(known ? refusal.said() : refusal.code());
  }
}
