package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Addresses;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Asks a server whether it would authenticate a client without TLS. Sends a start-up packet
/// (PostgreSQL manual, section 55.2) with a name that nobody has and nothing secret, reads
/// one byte and hangs up.
final class Plaintext {
  /// The administrator's name does not go out in clear.
  private static final String NOBODY = "backing-service-probe";

  private static final int PROTOCOL_3 = 196608;
  private static final int TIMEOUT_MILLIS = 3000;
  private static final int AUTHENTICATION = 'R';

  private Plaintext() {}

  static boolean accepted(Server server) {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              Addresses.of(server.admin().host()).getFirst(), server.admin().port()),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      new DataOutputStream(socket.getOutputStream()).write(startUp(server));
      return new DataInputStream(socket.getInputStream()).read() == AUTHENTICATION;
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] startUp(Server server) throws IOException {
    var body = "user\0" + NOBODY + "\0database\0" + server.adminDatabase() + "\0\0";
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream();
    var data = new DataOutputStream(out);
    data.writeInt(bytes.length + 8);
    data.writeInt(PROTOCOL_3);
    data.write(bytes);
    return out.toByteArray();
  }
}
