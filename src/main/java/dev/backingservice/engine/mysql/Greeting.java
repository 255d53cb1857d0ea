package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Server;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.model.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Optional;

/// The first packet of a server, which it sends in clear, and the request for TLS that answers it
/// (MySQL internals, "Protocol::HandshakeV10" and "Protocol::SSLRequest").
final class Greeting {
  /// More than any server says of itself.
  private static final int MOST_BYTES = 1024;

  private static final int PROTOCOL_10 = 10;
  private static final int HEADER = 4;
  private static final int REQUEST = 32;
  private static final int UTF8MB4 = 45;

  /// CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION.
  private static final int CAPABILITIES = 0x200 | 0x800 | 0x8000;

  private Greeting() {}

  static Optional<Handshake.Seen> look(Server server, Endpoint to) {
    return Handshake.look(server, to, Greeting::play);
  }

  private static void play(Socket plain) throws IOException {
    var in = plain.getInputStream();
    var head = in.readNBytes(HEADER);
    var greeting = in.readNBytes(length(head));
    if (greeting.length == 0 || greeting[0] != PROTOCOL_10)
      throw new IOException("the server does not greet");
    plain.getOutputStream().write(request());
  }

  private static byte[] request() throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.write(new byte[] {REQUEST, 0, 0, 1});
    out.writeInt(Integer.reverseBytes(CAPABILITIES));
    out.writeInt(Integer.reverseBytes(MOST_BYTES));
    out.write(UTF8MB4);
    out.write(new byte[REQUEST - 9]);
    return bytes.toByteArray();
  }

  /// @throws IOException when it is longer than a greeting is
  private static int length(byte[] head) throws IOException {
    if (head.length < HEADER) throw new IOException("the server does not greet");
    int length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
    if (length > MOST_BYTES) throw new IOException("a greeting of more than 1 KiB is announced");
    return length;
  }

  /// Lets one greeting pass, and then everything: what follows is the handshake.
  static final class Guard extends FilterInputStream {
    private final byte[] head = new byte[HEADER];
    private int read;

    Guard(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      if (one >= 0) take((byte) one);
      return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      for (int i = 0; i < got && read < HEADER; i++) take(into[offset + i]);
      return got;
    }

    private void take(byte one) throws IOException {
      if (read >= HEADER) return;
      head[read++] = one;
      if (read == HEADER) length(head);
    }
  }
}
