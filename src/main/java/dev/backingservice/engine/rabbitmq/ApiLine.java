package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.wire.Attempt;
import dev.backingservice.engine.wire.Line;
import java.io.IOException;
import java.net.Socket;

/// A connection to the management API.
///
/// @param login the header that says who asks
record ApiLine(Socket socket, Http http, Attempt attempt, String authority, String login)
    implements Line {
  private static final int ALIVE_MILLIS = 2000;

  /// Sends one request as the administrator.
  ///
  /// @param path below `/api/`, percent-encoded
  /// @param body JSON; empty text for none
  Http.Answer ask(String method, String path, String body) throws IOException {
    return http.ask(
        """
        %s /api/%s HTTP/1.1\r
        Host: %s\r
        Authorization: %s\r
        Content-Type: application/json\r
        """
            .formatted(method, path, authority, login),
        body);
  }

  @Override
  public boolean alive() {
    try {
      int usual = socket.getSoTimeout();
      socket.setSoTimeout(ALIVE_MILLIS);
      boolean good = http.goesOn() && ask("GET", "whoami", "").good();
      socket.setSoTimeout(usual);
      return good && http.goesOn();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean reset() {
    return !socket.isClosed() && http.goesOn();
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
