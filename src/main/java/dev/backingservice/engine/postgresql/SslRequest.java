package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.Endpoint;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;

/// Asks a server for TLS before the handshake (PostgreSQL manual, section 54.2.10).
final class SslRequest {
  private static final int LENGTH = 8;
  private static final int CODE = 80877103;

  private SslRequest() {}

  static Optional<Handshake.Seen> look(Server server, Endpoint to) {
    return Handshake.look(server, to, SslRequest::play);
  }

  private static void play(Socket plain) throws IOException {
    var out = new DataOutputStream(plain.getOutputStream());
    out.writeInt(LENGTH);
    out.writeInt(CODE);
    if (plain.getInputStream().read() != 'S') throw new IOException("the server has no TLS");
  }
}
