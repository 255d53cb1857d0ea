package dev.backingservice.engines;

import dev.backingservice.sandbox.Pki;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A server that speaks a protocol as far as its mode says, and then does not.
final class HostileServer implements AutoCloseable {
  private final HostileMode mode;
  private final Dialogue dialogue;
  private final SSLContext tls;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// What the protocol has before, at and after the handshake.
  interface Dialogue {
    /// What comes first.
    default void begin(Wire plain) throws Exception {}

    /// The server is asked for TLS, and has it.
    default void consent(Wire plain) throws Exception {}

    void secured(Wire wire, HostileMode mode) throws Exception;
  }

  /// TLS at once, and nothing is known of what follows.
  static final Dialogue TLS_AT_ONCE = (wire, mode) -> mode.play(wire);

  HostileServer(HostileMode mode, Pki pki, Dialogue dialogue) throws Exception {
    this.mode = mode;
    this.dialogue = dialogue;
    this.tls = tls(mode, pki);
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  private static SSLContext tls(HostileMode mode, Pki pki) throws Exception {
    var issuer = mode.stranger() ? new Pki() : pki;
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(issuer.store(mode.shape(), mode.host()), new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      return; // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      play(socket);
    } catch (Exception e) {
      return; // the other side gave up, as it shall
    } finally {
      open.remove(socket);
    }
  }

  private void play(Socket socket) throws Exception {
    var plain = new Wire(socket);
    dialogue.begin(plain);
    if (mode.stage() == HostileMode.Stage.Plain) {
      mode.play(plain);
      return;
    }
    dialogue.consent(plain);
    plain.out.flush();
    if (mode.stage() == HostileMode.Stage.Handshake) {
      mode.play(plain);
      return;
    }
    var secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, -1, true);
    secured.setUseClientMode(false);
    secured.startHandshake();
    dialogue.secured(new Wire(secured), mode);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : open) socket.close();
  }

  /// One connection, in frames.
  static final class Wire {
    final Socket socket;
    final DataInputStream in;
    final DataOutputStream out;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
      this.out = new DataOutputStream(socket.getOutputStream());
    }

    /// A message as the protocol has it.
    void send(char type, byte[] body) throws IOException {
      announce(type, body.length);
      out.write(body);
      out.flush();
    }

    /// The head of a message of this length.
    void announce(char type, int length) throws IOException {
      out.write(type);
      out.writeInt(length + 4);
      out.flush();
    }

    void authentication(int code, String text) throws IOException {
      var body = new ByteArrayOutputStream();
      var data = new DataOutputStream(body);
      data.writeInt(code);
      data.writeBytes(text);
      send('R', body.toByteArray());
    }

    /// Reads one message of the client's.
    byte[] read() throws IOException {
      in.readByte();
      return in.readNBytes(in.readInt() - 4);
    }

    /// Zeros until the other side hangs up.
    void flood() throws IOException {
      var block = new byte[65_536];
      while (true) out.write(block);
    }

    /// The same message until the other side hangs up.
    void repeat(char type, String body) throws IOException {
      var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
      while (true) {
        out.write(type);
        out.writeInt(bytes.length + 4);
        out.write(bytes);
      }
    }

    /// Nothing, until the other side hangs up.
    void silence() throws IOException {
      while (in.read() >= 0) continue;
    }

    /// A byte now and then.
    void drip(int one) throws IOException, InterruptedException {
      while (true) {
        out.write(one);
        out.flush();
        Thread.sleep(200);
      }
    }

    /// The connection is reset.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
