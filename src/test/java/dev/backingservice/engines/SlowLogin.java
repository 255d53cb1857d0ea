package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.net.ssl.SSLSocketFactory;

/// A client of MariaDB or MySQL that says who it is, and takes its time for the password.
final class SlowLogin implements AutoCloseable {
  private static final int CAPABILITIES = 0x200 | 0x800 | 0x8000 | 0x80000;
  private static final int SEED = 20;
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final String plugin;
  private final byte[] seed;
  private int sequence;

  /// Until the server asks for the password.
  SlowLogin(SSLSocketFactory tls, int port, String user) throws IOException {
    var plain = new Socket("127.0.0.1", port);
    packet(new DataInputStream(plain.getInputStream()));
    send(plain.getOutputStream(), head(new ByteArrayOutputStream(), 0x800));
    socket = tls.createSocket(plain, "127.0.0.1", port, true);
    socket.setSoTimeout(5000);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    var hello = head(new ByteArrayOutputStream(), 0x800);
    hello.writeBytes((user + "\0\0" + "mysql_clear_password\0").getBytes(ISO_8859_1));
    send(out, hello);
    var asked = new String(packet(in), ISO_8859_1);
    plugin = asked.substring(1, asked.indexOf(0));
    seed = Arrays.copyOf(asked.substring(asked.indexOf(0) + 1).getBytes(ISO_8859_1), SEED);
  }

  private static ByteArrayOutputStream head(ByteArrayOutputStream body, int flags) {
    int capabilities = CAPABILITIES | flags;
    for (int shift = 0; shift < 32; shift += 8) body.write(capabilities >> shift);
    body.writeBytes(new byte[] {0, 0, 0, 1, 45});
    body.writeBytes(new byte[23]);
    return body;
  }

  /// Whether it is let in now.
  boolean finish(String password) throws Exception {
    var answer = new ByteArrayOutputStream();
    answer.writeBytes(
        plugin.equals("mysql_native_password")
            ? scramble("SHA-1", password, true)
            : scramble("SHA-256", password, false));
    try {
      send(out, answer);
      for (var said = packet(in); true; said = packet(in)) {
        if (said[0] == 0) return true;
        if (said[0] != 1) return false;
        if (said[1] == 4) {
          var clear = new ByteArrayOutputStream();
          clear.writeBytes((password + "\0").getBytes(ISO_8859_1));
          send(out, clear);
        }
      }
    } catch (IOException e) {
      return false;
    }
  }

  private byte[] scramble(String algorithm, String password, boolean seedFirst) throws Exception {
    var digest = MessageDigest.getInstance(algorithm);
    var once = digest.digest(password.getBytes(ISO_8859_1));
    var twice = digest.digest(once);
    if (seedFirst) digest.update(seed);
    digest.update(twice);
    if (!seedFirst) digest.update(seed);
    var mask = digest.digest();
    for (int i = 0; i < once.length; i++) once[i] ^= mask[i];
    return once;
  }

  private void send(OutputStream to, ByteArrayOutputStream body) throws IOException {
    sequence++;
    to.write(new byte[] {(byte) body.size(), (byte) (body.size() >> 8), 0, (byte) sequence});
    to.write(body.toByteArray());
    to.flush();
  }

  private byte[] packet(DataInputStream from) throws IOException {
    int length =
        from.readUnsignedByte() | from.readUnsignedByte() << 8 | from.readUnsignedByte() << 16;
    sequence = from.readUnsignedByte();
    return from.readNBytes(length);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
