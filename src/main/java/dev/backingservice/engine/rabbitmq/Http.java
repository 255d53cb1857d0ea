package dev.backingservice.engine.rabbitmq;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// One connection of HTTP/1.1 (RFC 9112): a request, its answer, and nothing beyond its bounds.
/// Redirects are answers like any other.
final class Http {
  /// Requests sent by this process.
  static final LongAdder REQUESTS = new LongAdder();

  /// The most that an answer may have, in bytes.
  static final int MOST_BYTES = 8 * 1024 * 1024;

  private static final String PROTOCOL = "HTTP/1.";
  private static final int MOST_REQUESTS = 500;
  private static final int MOST_LINE = 8 * 1024;
  private static final int MOST_HEADERS = 100;
  private static final int CHUNK = 8 * 1024;
  private final InputStream in;
  private final OutputStream out;
  private int asked;
  private boolean midway;
  private boolean last;

  Http(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = out;
  }

  /// An answer.
  record Answer(int status, String body) {
    boolean good() {
      return status >= 200 && status < 300;
    }
  }

  /// What no server of the protocol says.
  static final class Unexpected extends IOException {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  /// Sends one request and reads its answer.
  ///
  /// @param head the lines of the request, without the one that tells its length
  /// @param body empty text for none
  Answer ask(String head, String body) throws IOException {
    REQUESTS.increment();
    asked++;
    midway = true;
    var content = body.getBytes(StandardCharsets.UTF_8);
    var text = new ByteArrayOutputStream();
    text.writeBytes(
        (head + "Content-Length: " + content.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(content);
    text.writeTo(out);
    out.flush();
    var answer = answer();
    midway = false;
    return answer;
  }

  /// Whether another operation may follow: servers hang up after a number of requests.
  boolean goesOn() {
    return !midway && !last && asked < MOST_REQUESTS;
  }

  private Answer answer() throws IOException {
    for (char expected : PROTOCOL.toCharArray())
      if (in.read() != expected) throw new Unexpected("an answer of another protocol");
    int status = status(line());
    var headers = headers();
    last = "close".equalsIgnoreCase(headers.getOrDefault("connection", ""));
    return new Answer(status, status == 204 || status == 304 ? "" : body(headers));
  }

  private static int status(String line) throws Unexpected {
    if (!line.matches("[01] [2-5][0-9][0-9]( .*)?"))
      throw new Unexpected("an answer of another protocol");
    return Integer.parseInt(line.substring(2, 5));
  }

  private TreeMap<String, String> headers() throws IOException {
    var headers = new TreeMap<String, String>();
    for (var line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || headers.size() == MOST_HEADERS) throw new Unexpected("headers without end");
      var name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      var value = line.substring(colon + 1).strip();
      if (headers.put(name, value) != null && name.equals("content-length"))
        throw new Unexpected("an answer of two lengths");
    }
    return headers;
  }

  private String body(TreeMap<String, String> headers) throws IOException {
    var body = new ByteArrayOutputStream();
    if ("chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""))) chunks(body);
    else if (headers.containsKey("content-length")) read(number(headers, 10), body);
    else throw new Unexpected("an answer without a length");
    return body.toString(StandardCharsets.UTF_8);
  }

  private static long number(TreeMap<String, String> headers, int radix) throws Unexpected {
    return number(headers.getOrDefault("content-length", ""), radix);
  }

  private static long number(String digits, int radix) throws Unexpected {
    try {
      if (digits.length() < 10 && !digits.startsWith("-") && !digits.startsWith("+"))
        return Long.parseLong(digits, radix);
    } catch (NumberFormatException e) {
      throw new Unexpected("a length that is none");
    }
    throw new Unexpected("a length that is none");
  }

  private void chunks(ByteArrayOutputStream body) throws IOException {
    while (true) {
      long size = number(line().split(";", 2)[0].strip(), 16);
      if (size == 0) break;
      read(size, body);
      if (!line().isEmpty()) throw new Unexpected("a chunk is not ended");
    }
    for (int trailers = 0; !line().isEmpty(); trailers++)
      if (trailers == MOST_HEADERS) throw new Unexpected("trailers without end");
  }

  private void read(long length, ByteArrayOutputStream body) throws IOException {
    if (length + body.size() > MOST_BYTES) throw new Unexpected("an answer that is too long");
    for (long left = length; left > 0; ) {
      var chunk = in.readNBytes((int) Math.min(left, CHUNK));
      if (chunk.length == 0) throw new IOException("the server hung up");
      body.writeBytes(chunk);
      left -= chunk.length;
    }
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int one = in.read(); one != '\n'; one = in.read()) {
      if (one < 0) throw new IOException("the server hung up");
      if (line.size() == MOST_LINE) throw new Unexpected("a line of more than 8 KiB");
      line.write(one);
    }
    var text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
