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

  /// The most messages of a kind that nobody asked for, in the life of a connection: the driver may
  /// keep them as long. Together they hold no more than one message may.
  static final int MOST_UNASKED = 1000;

  /// The most rows that come until the server is ready again.
  static final int MOST_ROWS = 100_000;

  /// The most memory that they take in the driver, in bytes: it keeps an object for each row and
  /// for each column, whatever these hold.
  static final int MOST_RESULT = 8 * 1024 * 1024;

  /// The most columns of a result, and parameters of a statement: the driver keeps their
  /// descriptions as long as the statement is prepared.
  static final int MOST_DESCRIBED = 64;

  private static final int ROW = 64;
  private static final int COLUMN = 32;

  /// RFC 7677, section 4.
  static final int FEWEST_ITERATIONS = 4096;

  /// The most errors, and descriptions of rows, between two times that the server is ready.
  static final int MOST_PER_STATEMENT = 32;

  private static final int SKIPPED = 4096;
  private static final int HEADER = 5;
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int MOST_KEPT = 65_536;
  private static final int MOST_DESCRIPTION = 8192;

  private final byte[] head = new byte[HEADER];
  private int headBytes;
  private int left;
  private Part part = Part.Head;
  private int unasked;
  private int unaskedBytes;
  private int rows;
  private long result;
  private int perStatement;
  private int number;
  private int numberBytes;
  private int columns;
  private char type;
  private StringBuilder kept = new StringBuilder();

  /// Where in a message the next byte lies.
  private enum Part {
    Head,
    Body,
    /// Read as a whole before it is believed: the driver does not look at its length.
    Kept,
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

  /// What is skipped is looked at, too.
  @Override
  public long skip(long bytes) throws IOException {
    var skipped = new byte[(int) Math.min(Math.max(bytes, 0), SKIPPED)];
    long done = 0;
    while (done < bytes) {
      int read = read(skipped, 0, (int) Math.min(skipped.length, bytes - done));
      if (read < 0) break;
      done += read;
    }
    return done;
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
      case Kept -> {
        left--;
        kept.append((char) (one & 0xff));
        if (left == 0) whole();
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
    type = (char) head[0];
    part =
        switch (type) {
          case 'D' -> row();
          case 'R', 'T', 't', 'K' -> kept();
          case 'S', 'A' -> unasked(Part.Kept);
          case 'N' -> unasked(Part.Body);
          case 'E' -> perStatement(Part.Body);
          case 'C' -> Part.Body;
          case 'Z', '1', '2', '3', 'n', 's', 'I' -> exact();
          default -> throw new IOException("a message of an unknown kind was sent");
        };
    if (part == Part.Kept && left > (type == 'T' ? MOST_DESCRIPTION : MOST_KEPT))
      throw new IOException("a message of its kind is longer than such messages are");
    if (left == 0) part = Part.Head;
  }

  /// Messages that say nothing but their kind; the server's state is one byte more.
  private Part exact() throws IOException {
    if (type == 'Z') ready();
    if (left != (type == 'Z' ? 1 : 0)) throw new IOException("a message is longer than its kind");
    return Part.Body;
  }

  private void ready() {
    rows = 0;
    result = 0;
    perStatement = 0;
  }

  private Part kept() throws IOException {
    if (left == 0) throw new IOException("a message is cut short");
    return type == 'T' ? perStatement(Part.Kept) : Part.Kept;
  }

  private Part perStatement(Part what) throws IOException {
    if (++perStatement > MOST_PER_STATEMENT)
      throw new IOException("more than 32 errors were sent for one statement");
    return what;
  }

  private Part row() throws IOException {
    if (++rows > MOST_ROWS) throw new IOException("more than 100,000 rows were sent");
    if (left < 2) throw new IOException("a row is cut short");
    return Part.ColumnCount;
  }

  private Part unasked(Part what) throws IOException {
    if (++unasked > MOST_UNASKED)
      throw new IOException("more than 1,000 notices and parameters were sent");
    if (left == 0) throw new IOException("a message is cut short");
    unaskedBytes += left;
    if (unaskedBytes > MOST_BYTES)
      throw new IOException("notices and parameters of more than 1 MiB were sent");
    return what;
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
      result += ROW + (long) columns * COLUMN + left;
      if (result > MOST_RESULT) throw new IOException("rows of more than 8 MiB were sent");
      if (columns * 4 > left) throw new IOException("a row announces more columns than it has");
      if (columns == 0 && left > 0) throw new IOException("a row is longer than its columns");
    } else {
      columns--;
      if (number < 0) number = 0;
      if (number > left) throw new IOException("a column announces more than its row has");
      if (columns == 0 && number < left) throw new IOException("a row is longer than its columns");
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

  private void whole() throws IOException {
    var text = kept.toString();
    kept = new StringBuilder();
    part = Part.Head;
    boolean good =
        switch (type) {
          case 'R' -> authentication(text);
          case 'S' -> texts(text) == 2;
          case 'A' -> text.length() > 4 && texts(text.substring(4)) == 2;
          case 'K' -> text.length() == 8;
          case 't' -> count(text) <= MOST_DESCRIBED && text.length() == 2 + 4 * count(text);
          default -> count(text) <= MOST_DESCRIBED && description(text);
        };
    if (!good) throw new IOException("a message is not what its kind is");
  }

  private static int count(String text) {
    return text.length() < 2 ? -1 : text.charAt(0) << 8 | text.charAt(1);
  }

  /// How many texts it holds, each ended by a zero; -1 when something follows the last of them.
  private static int texts(String text) {
    if (!text.endsWith("\0")) return -1;
    return (int) text.chars().filter(c -> c == 0).count();
  }

  /// A name, and 18 bytes more, for each column; the last two of them say that values are text. The
  /// driver takes a value for what the server says: one in binary form announces its own size.
  private static boolean description(String text) {
    int at = 2;
    for (int i = 0; i < count(text); i++) {
      int end = text.indexOf('\0', at);
      if (end < 0) return false;
      at = end + 19;
      if (at > text.length() || text.charAt(at - 1) != 0 || text.charAt(at - 2) != 0) return false;
    }
    return at == text.length();
  }

  /// Nothing follows what the driver reads of it.
  private static boolean authentication(String text) throws IOException {
    if (text.length() < 4) return false;
    int code = text.charAt(2) << 8 | text.charAt(3);
    var rest = text.substring(4);
    if (code == 0) return rest.isEmpty();
    if (code == SASL) return rest.endsWith("\0\0") && rest.indexOf("\0\0") == rest.length() - 2;
    if (code != SASL_CONTINUE) return true;
    for (var field : rest.split(",", -1))
      if (field.startsWith("i=") && iterations(field.substring(2)) < FEWEST_ITERATIONS)
        throw new IOException("fewer than 4096 SCRAM iterations are asked for");
    return true;
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
