package dev.backingservice.engine.rabbitmq;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/// A client of AMQP 0-9-1 that can do what a login has to prove, and no more. Frames are bounded
/// before anything is allocated for them.
final class Amqp {
  /// Methods sent by this process.
  static final LongAdder METHODS = new LongAdder();

  /// What a server says, by class and method (AMQP 0-9-1, section 1.2).
  static final int START = id(10, 10);

  static final int TUNE = id(10, 30);
  static final int OPENED = id(10, 41);
  static final int CLOSE = id(10, 50);
  static final int BLOCKED = id(10, 60);
  static final int CHANNEL_OPENED = id(20, 11);
  static final int CHANNEL_CLOSE = id(20, 40);
  static final int QUEUE_DELETED = id(50, 41);
  static final int GOT = id(60, 71);
  static final int GOT_NOTHING = id(60, 72);
  private static final int METHOD = 1;
  private static final int HEADER = 2;
  private static final int HEARTBEAT = 8;
  private static final int END = 0xCE;
  private static final int MOST_FRAME = 128 * 1024;
  private static final int MOST_FRAMES = 100;
  private final DataInputStream in;
  private final OutputStream out;

  Amqp(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  /// A method that the server sent.
  record Said(int id, byte[] arguments) {
    /// Of a close: its code.
    int code() {
      return arguments.length < 2 ? 0 : ByteBuffer.wrap(arguments).getShort() & 0xFFFF;
    }

    /// Of a close, or of a block: what it says.
    String text() {
      int at = id == BLOCKED ? 0 : 2;
      if (arguments.length <= at) return "";
      int length = Math.min(arguments[at] & 0xFF, arguments.length - at - 1);
      return new String(arguments, at + 1, length, StandardCharsets.UTF_8);
    }
  }

  /// What no server of the protocol says.
  static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  private static int id(int of, int method) {
    return of << 16 | method;
  }

  /// The first word of the client.
  Said begin() throws IOException {
    out.write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    out.flush();
    return read();
  }

  /// Logs in with user and password. The client says that it understands a refusal, and being
  /// blocked.
  Said login(String user, String password) throws IOException {
    var able = new Arguments();
    able.flag("authentication_failure_close").flag("connection.blocked");
    var properties = new Arguments();
    properties.text("product", "backing-service-operator").table("capabilities", able);
    var arguments = new Arguments();
    arguments.long32(properties.bytes()).short8("PLAIN");
    arguments.long32(("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    send(0, id(10, 11), arguments.short8("en_US"));
    return read();
  }

  /// Enters a virtual host, with what the server proposed.
  Said open(Said tune, String vhost) throws IOException {
    if (tune.arguments.length != 8) throw new Unexpected("a proposal that is none");
    var limits = new Arguments();
    limits.raw(tune.arguments[0], tune.arguments[1]).raw(0, 1, 0, 0).raw(0, 0);
    send(0, id(10, 31), limits);
    send(0, id(10, 40), new Arguments().short8(vhost).short8("").raw(0));
    return read();
  }

  Said openChannel() throws IOException {
    send(1, id(20, 10), new Arguments().short8(""));
    return read();
  }

  /// Sends an empty message to a queue by its name; nobody answers.
  void publish(String queue) throws IOException {
    send(1, id(60, 40), new Arguments().raw(0, 0).short8("").short8(queue).raw(0));
    frame(HEADER, 1, new Arguments().raw(0, 60, 0, 0).raw(new byte[8]).raw(0, 0).bytes());
  }

  Said delete(String queue) throws IOException {
    send(1, id(50, 40), new Arguments().raw(0, 0).short8(queue).raw(0));
    return read();
  }

  Said get(String queue) throws IOException {
    send(1, id(60, 70), new Arguments().raw(0, 0).short8(queue).raw(0));
    return read();
  }

  private void send(int channel, int id, Arguments arguments) throws IOException {
    METHODS.increment();
    var method = new Arguments().raw(id >> 24, id >> 16, id >> 8, id).raw(arguments.bytes());
    frame(METHOD, channel, method.bytes());
  }

  private void frame(int type, int channel, byte[] payload) throws IOException {
    var frame = new ByteArrayOutputStream();
    var data = new DataOutputStream(frame);
    data.writeByte(type);
    data.writeShort(channel);
    data.writeInt(payload.length);
    data.write(payload);
    data.writeByte(END);
    frame.writeTo(out);
    out.flush();
  }

  /// The next method; heartbeats are passed over.
  private Said read() throws IOException {
    for (int frames = 0; frames < MOST_FRAMES; frames++) {
      int type = in.readUnsignedByte();
      in.readUnsignedShort();
      int length = in.readInt();
      if (type != METHOD && type != HEARTBEAT || length < 0 || length > MOST_FRAME)
        throw new Unexpected("a frame of another protocol");
      var payload = in.readNBytes(length);
      if (payload.length < length || in.readUnsignedByte() != END)
        throw new Unexpected("a frame that is not ended");
      if (type == METHOD) return said(payload);
    }
    throw new Unexpected("heartbeats without end");
  }

  private static Said said(byte[] payload) throws Unexpected {
    if (payload.length < 4) throw new Unexpected("a method without a name");
    var arguments = new byte[payload.length - 4];
    System.arraycopy(payload, 4, arguments, 0, arguments.length);
    return new Said(ByteBuffer.wrap(payload).getInt(), arguments);
  }

  /// Arguments of a method, one after the other (AMQP 0-9-1, section 4.2.5).
  private static final class Arguments {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    byte[] bytes() {
      return all.toByteArray();
    }

    Arguments raw(int... octets) {
      for (int octet : octets) all.write(octet);
      return this;
    }

    Arguments raw(byte[] octets) {
      all.writeBytes(octets);
      return this;
    }

    /// A short string: at most 255 bytes.
    Arguments short8(String text) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 255) throw new IllegalArgumentException("a name of more than 255 bytes");
      return raw(bytes.length).raw(bytes);
    }

    Arguments long32(byte[] bytes) {
      return raw(ByteBuffer.allocate(4).putInt(bytes.length).array()).raw(bytes);
    }

    Arguments flag(String name) {
      return short8(name).raw('t', 1);
    }

    Arguments text(String name, String value) {
      return short8(name).raw('S').long32(value.getBytes(StandardCharsets.UTF_8));
    }

    Arguments table(String name, Arguments fields) {
      return short8(name).raw('F').long32(fields.bytes());
    }
  }
}
