package dev.backingservice.engine.postgresql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Measures what a server announces before the driver allocates for it: the frames of the
/// protocol (PostgreSQL manual, "Message Formats"), the columns of a row, how many messages
/// come unasked for, and how cheaply a password could be guessed from a SCRAM exchange (RFC
/// 5802).
final class FrameGuard extends FilterInputStream {
  /// The most that one message may hold.
  static final int MOST_BYTES = 1024 * 1024;

  /// The most messages of a kind that nobody asked for, in the life of a connection.
  static final int MOST_UNASKED = 1000;

  /// The most rows that one statement may return.
  static final int MOST_ROWS = 100_000;

  /// RFC 7677, section 4.
  static final int FEWEST_ITERATIONS = 4096;

  private static final int HEADER = 5;
  private static final int SASL_CONTINUE = 11;
  private static final int MOST_AUTHENTICATION = 8192;

  private final byte[] head = new byte[HEADER];
  private int headBytes;
  private int left;
  private Part part = Part.Head;
  private int unasked;
  private int rows;
  private int number;
  private int numberBytes;
  private int columns;
  private StringBuilder authentication = new StringBuilder();

  /// Where in a message the next byte lies.
  private enum Part {
    Head,
    Body,
    Authentication,
    ColumnCount,
    ColumnLength,
    Column
  }

  FrameGuard(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    if (read >= 0) take((byte) read);
    return read;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    for (int i = 0; i < read; ) i += taken(into, offset + i, read - i);
    return read;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /// Bytes of a body are skipped at once.
  private int taken(byte[] bytes, int at, int length) throws IOException {
    if (part != Part.Body && part != Part.Column) {
      take(bytes[at]);
      return 1;
    }
    int whole = Math.min(length, part == Part.Body ? left : Math.min(left, number));
    left -= whole;
    if (part == Part.Column) number -= whole;
    next();
    return whole;
  }

  private void take(byte one) throws IOException {
    switch (part) {
      case Head -> {
        head[headBytes++] = one;
        if (headBytes == HEADER) begin();
      }
      case Body, Column -> {
        left--;
        number--;
        next();
      }
      case Authentication -> {
        left--;
        authentication.append((char) (one & 0xff));
        if (left == 0) authenticated();
      }
      case ColumnCount -> number(one, 2);
      case ColumnLength -> number(one, 4);
    }
  }

  /// A message begins: what it announces is measured.
  private void begin() throws IOException {
    headBytes = 0;
    left =
        ((head[1] & 0xff) << 24 | (head[2] & 0xff) << 16 | (head[3] & 0xff) << 8 | (head[4] & 0xff))
            - 4;
    if (left < 0 || left > MOST_BYTES)
      throw new IOException("a message of more than 1 MiB, or of none, is announced");
    number = 0;
    numberBytes = 0;
    part =
        switch (head[0]) {
          case 'R' -> Part.Authentication;
          case 'D' -> row();
          case 'N', 'S', 'A' -> unasked();
          case 'C', 'Z', 'I', 's' -> {
            rows = 0;
            yield Part.Body;
          }
          default -> Part.Body;
        };
    if (part == Part.Authentication && left > MOST_AUTHENTICATION)
      throw new IOException("an authentication message of more than 8 KiB is announced");
    if (left == 0) part = Part.Head;
  }

  private Part row() throws IOException {
    if (++rows > MOST_ROWS) throw new IOException("more than 100,000 rows were sent");
    if (left < 2) throw new IOException("a row is cut short");
    return Part.ColumnCount;
  }

  private Part unasked() throws IOException {
    if (++unasked > MOST_UNASKED)
      throw new IOException("more than 1,000 notices and parameters were sent");
    return Part.Body;
  }

  private void number(byte one, int bytes) throws IOException {
    left--;
    number = number << 8 | (one & 0xff);
    if (++numberBytes < bytes) {
      if (left == 0) throw new IOException("a row is cut short");
      return;
    }
    numberBytes = 0;
    if (bytes == 2) {
      columns = number;
      number = 0;
      part = columns == 0 ? Part.Body : Part.ColumnLength;
      if (columns * 4 > left) throw new IOException("a row announces more columns than it has");
    } else {
      columns--;
      if (number < 0) number = 0;
      if (number > left) throw new IOException("a column announces more than its row has");
      part = Part.Column;
    }
    next();
  }

  /// What follows when a part may be over.
  private void next() {
    if (part == Part.Column && number <= 0) {
      number = 0;
      part = columns > 0 ? Part.ColumnLength : Part.Body;
    }
    if (left == 0) {
      part = Part.Head;
      number = 0;
    }
  }

  private void authenticated() throws IOException {
    var text = authentication;
    authentication = new StringBuilder();
    part = Part.Head;
    if (text.length() < 4 || text.charAt(3) != SASL_CONTINUE) return;
    for (var field : text.substring(4).split(",", -1))
      if (field.startsWith("i=") && iterations(field.substring(2)) < FEWEST_ITERATIONS)
        throw new IOException("fewer than 4096 SCRAM iterations are asked for");
  }

  private static int iterations(String said) {
    var digits = said.getBytes(StandardCharsets.ISO_8859_1);
    int number = 0;
    for (int i = 0; i < digits.length && i < 9; i++) {
      if (digits[i] < '0' || digits[i] > '9') return 0;
      number = number * 10 + digits[i] - '0';
    }
    return number;
  }
}
