package dev.backingservice.toy;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.engine.wire.Dialled;
import dev.backingservice.engine.wire.Line;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/// A connection that is logged in.
record ToyLine(Socket socket, Attempt attempt, Server server) implements Line {
  static final LongAdder COMMANDS = new LongAdder();
  private static final Duration LOGIN = Duration.ofSeconds(5);
  private static final int MOST_LINE = 64 * 1024;

  static ToyLine login(
      Server server,
      Endpoint to,
      String user,
      Sensitive password,
      Optional<Credential.ClientCertificate> certificate,
      Optional<InetAddress> only)
      throws EngineException, Refused {
    var attempt = new Attempt(to, server.trust(), certificate, only, UnaryOperator.identity());
    attempt.bounds().begin(LOGIN);
    try (attempt) {
      var line = new ToyLine(Dialled.open(attempt), attempt, server);
      line.ask("login", user, password.reveal());
      return line;
    } catch (IOException e) {
      var where = server.name() + " (" + to + ")";
      throw ConnectFailure.ofTls(e, attempt, where)
          .or(() -> ConnectFailure.ofReach(e, attempt, where))
          .orElseGet(
              () ->
                  EngineException.of(
                      Reason.ServerUnreachable, where + " breaks off: " + ConnectFailure.said(e)));
    } finally {
      attempt.bounds().end();
    }
  }

  /// The server says no.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /// The words of the answer after `ok`.
  List<String> ask(String... words) throws IOException, Refused {
    COMMANDS.increment();
    var text = String.join("\t", words) + "\n";
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    var answer = List.of(line().split("\t", -1));
    if (answer.getFirst().equals("ok")) return answer.subList(1, answer.size());
    throw new Refused(answer.size() < 2 ? "nothing" : answer.get(1));
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int one = socket.getInputStream().read();
        one != '\n';
        one = socket.getInputStream().read()) {
      if (one < 0 || line.size() == MOST_LINE) throw new IOException("no answer");
      line.write(one);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public boolean alive() {
    try {
      return !ask("who").isEmpty();
    } catch (IOException | Refused e) {
      return false;
    }
  }

  @Override
  public boolean reset() {
    return !socket.isClosed();
  }

  @Override
  public void discard() {
    try {
      socket.close();
    } catch (IOException e) {
      return; // it is gone either way
    }
  }
}
