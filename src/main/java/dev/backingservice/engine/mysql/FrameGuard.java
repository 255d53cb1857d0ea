package dev.backingservice.engine.mysql;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Measures what a server announces before the driver allocates for it: the packets of the protocol
/// (MySQL internals, "MySQL Packets" and "Text Resultset"), the columns and rows of a result. It
/// goes along with what the driver reads: a login until the server says OK, then one response after
/// another.
final class FrameGuard extends FilterInputStream {
  /// The most that one packet may hold.
  static final int MOST_BYTES = 1024 * 1024;

  /// The most columns of a result.
  static final int MOST_COLUMNS = 64;

  /// The most rows of a result.
  static final int MOST_ROWS = 6_000;

  /// The most packets of a login.
  static final int MOST_OF_LOGIN = 16;

  private static final int HEADER = 4;
  private static final int SKIPPED = 4096;
  private static final int OK = 0x00;
  private static final int LOCAL_INFILE = 0xfb;
  private static final int TWO_BYTES = 0xfc;
  private static final int END = 0xfe;
  private static final int ERROR = 0xff;
  private static final int MOST_OF_END = 5;

  /// The most results of one statement.
  static final int MOST_RESULTS = 8;

  private static final int MORE_RESULTS = 0x0008;
  private static final int MOST_KEPT = 24;

  private final byte[] head = new byte[HEADER];
  private int headBytes;
  private int length;
  private int left;
  private Part part = Part.Login;
  private int packets;
  private int columns;
  private int rows;
  private int results;
  private final byte[] kept = new byte[MOST_KEPT];
  private boolean ends;

  /// What the next packet is.
  private enum Part {
    Login,
    Response,
    Column,
    EndOfColumns,
    Row
  }

  FrameGuard(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    if (one >= 0) take((byte) one);
    return one;
  }

  @Override
  public int read(byte[] into, int offset, int most) throws IOException {
    int got = super.read(into, offset, most);
    for (int i = 0; i < got; ) i += taken(into, offset + i, got - i);
    return got;
  }

  /// What is skipped is looked at, too.
  @Override
  public long skip(long bytes) throws IOException {
    var skipped = new byte[(int) Math.min(Math.max(bytes, 0), SKIPPED)];
    long done = 0;
    while (done < bytes) {
      int got = read(skipped, 0, (int) Math.min(skipped.length, bytes - done));
      if (got < 0) break;
      done += got;
    }
    return done;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /// Bytes of a body are skipped at once, but for its first.
  private int taken(byte[] bytes, int at, int most) throws IOException {
    if (left == 0 || left == length || ends) {
      take(bytes[at]);
      return 1;
    }
    int whole = Math.min(most, left);
    left -= whole;
    return whole;
  }

  private void take(byte one) throws IOException {
    if (left > 0) {
      if (left == length) begin(one & 0xff);
      if (ends && length - left < MOST_KEPT) kept[length - left] = one;
      left--;
      if (left == 0 && ends) end();
      return;
    }
    head[headBytes++] = one;
    if (headBytes < HEADER) return;
    headBytes = 0;
    length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
    left = length;
    if (length == 0 || length > MOST_BYTES)
      throw new IOException("a packet of more than 1 MiB, or of nothing, is announced");
  }

  /// A packet begins.
  private void begin(int first) throws IOException {
    ends = part == Part.Response && first == OK || part == Part.Row && ended(first);
    part =
        switch (part) {
          case Login -> login(first);
          case Response -> response(first);
          case Column -> column();
          case EndOfColumns -> endOfColumns(first);
          case Row -> row(first);
        };
  }

  private Part login(int first) throws IOException {
    if (++packets > MOST_OF_LOGIN) throw new IOException("a login of more than 16 packets");
    return first == OK ? Part.Response : Part.Login;
  }

  private Part response(int first) throws IOException {
    if (first == OK || first == ERROR) return Part.Response;
    if (first == LOCAL_INFILE) throw new IOException("the server asks for a file");
    if (first > MOST_COLUMNS || length > 1)
      throw new IOException("a result of more than 64 columns is announced");
    columns = first;
    rows = 0;
    return Part.Column;
  }

  private Part column() {
    return --columns > 0 ? Part.Column : Part.EndOfColumns;
  }

  private Part endOfColumns(int first) throws IOException {
    if (first != END || length > MOST_OF_END)
      throw new IOException("a result has more columns than it announced");
    return Part.Row;
  }

  /// A value of a row is at most 64 KiB long; the driver reads what is longer only where it is said
  /// to be.
  private Part row(int first) throws IOException {
    if (first == ERROR || ended(first)) return Part.Response;
    if (++rows > MOST_ROWS) throw new IOException("more than 6,000 rows were sent");
    if (first > TWO_BYTES) throw new IOException("a value of more than 64 KiB is announced");
    return Part.Row;
  }

  private boolean ended(int first) {
    return first == END && length <= MOST_OF_END;
  }

  /// A result is over: whether another one follows, the status of the server says.
  private void end() throws IOException {
    ends = false;
    int at = (kept[0] & 0xff) == END ? 3 : afterNumber(afterNumber(1));
    boolean more = at < MOST_KEPT && (kept[at] & MORE_RESULTS) != 0;
    results = more ? results + 1 : 0;
    if (results > MOST_RESULTS) throw new IOException("more than 8 results were sent");
  }

  /// Where a number of variable length ends (MySQL internals, "Protocol::LengthEncodedInteger").
  private int afterNumber(int at) {
    if (at >= MOST_KEPT) return at;
    return at
        + switch (kept[at] & 0xff) {
          case TWO_BYTES -> 3;
          case TWO_BYTES + 1 -> 4;
          case END -> 9;
          default -> 1;
        };
  }
}
