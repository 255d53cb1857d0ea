package dev.backingservice.engine.redis;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// The Redis serialization protocol, version 2 (Redis documentation, "Redis serialization protocol
/// specification"), with a bound on everything that a server announces.
final class Resp {
  /// Commands sent since the process started.
  static final LongAdder COMMANDS = new LongAdder();

  /// The most that a text may hold.
  static final int MOST_BYTES = 256 * 1024;

  /// The most that the list of all connections may hold: some 20,000 of them.
  static final int MOST_OF_LIST = 8 * 1024 * 1024;

  /// The most elements of an answer, all in all.
  static final int MOST_ELEMENTS = 50_000;

  private static final int MOST_DEPTH = 4;
  private static final int MOST_LINE = 16 * 1024;
  private static final int CHUNK = 16 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private int elements;
  private int most = MOST_BYTES;
  private boolean midway;

  Resp(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /// An answer.
  sealed interface Reply {
    record Text(String text) implements Reply {}

    record Number(long number) implements Reply {}

    record Refusal(String said) implements Reply {
      /// The first word, which tells its kind.
      String code() {
        return said.split(" ", 2)[0];
      }
    }

    record Many(List<Reply> replies) implements Reply {}

    record Nothing() implements Reply {}
  }

  /// What no server of the protocol says.
  static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  /// Sends one command and reads its answer, which is a long text.
  Reply askForList(String... words) throws IOException {
    most = MOST_OF_LIST;
    try {
      return ask(words);
    } finally {
      most = MOST_BYTES;
    }
  }

  /// Sends one command and reads its answer.
  Reply ask(String... words) throws IOException {
    COMMANDS.increment();
    midway = true;
    var text = new ByteArrayOutputStream();
    write(text, "*" + words.length);
    for (var word : words) {
      var bytes = word.getBytes(StandardCharsets.UTF_8);
      write(text, "$" + bytes.length);
      text.writeBytes(bytes);
      write(text, "");
    }
    text.writeTo(out);
    out.flush();
    elements = 0;
    var reply = read(0);
    midway = false;
    return reply;
  }

  /// Whether an answer was not read to its end: what is read next belongs to it.
  boolean midway() {
    return midway;
  }

  private static void write(ByteArrayOutputStream text, String line) {
    text.writeBytes((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private Reply read(int depth) throws IOException {
    if (++elements > MOST_ELEMENTS) throw new Unexpected("an answer of more than 50,000 parts");
    int kind = in.read();
    return switch (kind) {
      case '+' -> new Reply.Text(line());
      case '-' -> new Reply.Refusal(line());
      case ':' -> new Reply.Number(number(line()));
      case '$' -> text(number(line()));
      case '*' -> many(number(line()), depth);
      case -1 -> throw new IOException("the server hung up");
      default -> throw new Unexpected("an answer of another protocol");
    };
  }

  private Reply text(long length) throws IOException {
    if (length < 0) return new Reply.Nothing();
    if (length > most) throw new Unexpected("a text that is too long is announced");
    var bytes = new ByteArrayOutputStream();
    for (long left = length; left > 0; ) {
      var chunk = in.readNBytes((int) Math.min(left, CHUNK));
      if (chunk.length == 0) throw new IOException("the server hung up");
      bytes.writeBytes(chunk);
      left -= chunk.length;
    }
    if (in.read() != '\r' || in.read() != '\n') throw new Unexpected("a text is not ended");
    return new Reply.Text(bytes.toString(StandardCharsets.UTF_8));
  }

  private Reply many(long count, int depth) throws IOException {
    if (count < 0) return new Reply.Nothing();
    if (count > MOST_ELEMENTS || depth == MOST_DEPTH)
      throw new Unexpected("an answer of more than 50,000 parts, or of more than 4 levels");
    var replies = new ArrayList<Reply>();
    for (long i = 0; i < count; i++) replies.add(read(depth + 1));
    return new Reply.Many(List.copyOf(replies));
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int one = in.read(); one != '\r'; one = in.read()) {
      if (one < 0) throw new IOException("the server hung up");
      if (line.size() == MOST_LINE) throw new Unexpected("a line of more than 16 KiB");
      line.write(one);
    }
    if (in.read() != '\n') throw new Unexpected("a line is not ended");
    return line.toString(StandardCharsets.UTF_8);
  }

  private static long number(String digits) throws Unexpected {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new Unexpected("a number that is none");
    }
  }
}
