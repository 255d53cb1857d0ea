package dev.backingservice.engine.postgresql;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the guard lets through is unchanged, whatever pieces it is read in; what announces too much
/// ends the stream before a byte of it is taken.
class FrameGuardTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8192})
  void anHonestSessionPassesUnchanged(int piece) throws IOException {
    // Given
    var session = new Frames();
    session.authentication(10, "SCRAM-SHA-256-PLUS\0\0");
    session.authentication(11, "r=abc,s=def,i=4096");
    session.authentication(0, "");
    session.frame('S', "client_encoding\0UTF8\0".getBytes(StandardCharsets.UTF_8));
    session.frame('K', new byte[8]);
    session.frame('t', new byte[] {0, 1, 0, 0, 0, 25});
    session.frame('A', new byte[] {0, 0, 0, 1, 'a', 0, 0});
    session.frame('1', new byte[0]);
    session.description("a", "b", "c", "d");
    for (int i = 0; i < 50; i++) session.row("a", Frames.NULL, "", "x".repeat(i * 30));
    session.row();
    session.frame('C', "SELECT 51\0".getBytes(StandardCharsets.UTF_8));
    session.frame('Z', new byte[] {'I'});

    // When
    var read = readAll(session.bytes(), piece);

    // Then
    assertThat(read).isEqualTo(session.bytes());
  }

  @Test
  void anythingAtAllNeitherHangsNorThrowsAnythingElse() {
    // Given
    var random = new Random(1);

    // When
    for (int i = 0; i < 20_000; i++) {
      var bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 5 && random.nextBoolean()) {
        bytes[0] = (byte) "DRNSTEZ".charAt(random.nextInt(7));
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
      }
      try {
        readAll(bytes, 1 + random.nextInt(16));
      } catch (IOException e) {
        // Then
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void aMessageOfMoreThanOneMebibyteIsNotWaitedFor() throws IOException {
    refused(new Frames().head('E', FrameGuard.MOST_BYTES + 5), "more than 1 MiB");
    refused(new Frames().head('E', 3), "more than 1 MiB, or of none");
    refused(new Frames().head('E', -1), "more than 1 MiB, or of none");
    passes(new Frames().head('E', FrameGuard.MOST_BYTES + 4));
  }

  @Test
  void aColumnThatIsLongerThanItsRowIsNotAllocated() throws IOException {
    refused(new Frames().frame('D', new byte[] {0, 1, 0x40, 0, 0, 0}), "more than its row has");
    refused(new Frames().frame('D', new byte[] {0, 1, 0, 0, 0, 1}), "more than its row has");
    refused(new Frames().frame('D', new byte[] {0x7f, -1, 0, 0}), "more columns than it has");
    refused(new Frames().frame('D', new byte[] {0}), "cut short");
    passes(new Frames().frame('D', new byte[] {0, 1, 0, 0, 0, 1, 'x'}));
    passes(new Frames().frame('D', new byte[] {0, 1, -1, -1, -1, -1}));
  }

  @Test
  void whatIsSkippedIsMeasuredToo() throws IOException {
    var frames = new Frames().frame('E', new byte[9000]).head('E', FrameGuard.MOST_BYTES + 5);
    var guard = new FrameGuard(new ByteArrayInputStream(frames.bytes()));
    assertThat(guard.skip(9005)).isEqualTo(9005);
    assertThatThrownBy(() -> guard.skip(5)).hasMessageContaining("more than 1 MiB");
  }

  @Test
  void noticesAndParametersThatNobodyAskedForAreCounted() throws IOException {
    var notices = new Frames();
    for (int i = 0; i < FrameGuard.MOST_UNASKED; i++) notices.frame('N', new byte[] {0});
    passes(notices);
    refused(notices.frame('S', new byte[] {0, 0}), "notices and parameters");
  }

  @Test
  void rowsAreCountedUntilTheServerIsReady() throws IOException {
    var rows = new Frames();
    for (int i = 0; i < FrameGuard.MOST_ROWS; i++) rows.row();
    passes(rows);
    passes(rows.frame('Z', new byte[] {'I'}).row());
    var more = new Frames();
    for (int i = 0; i <= FrameGuard.MOST_ROWS; i++) more.row();
    refused(more, "100,000 rows");
  }

  /// The driver keeps every result of a statement until the server is ready.
  @Test
  void resultsOfOneStatementAreCountedTogether() throws IOException {
    var rows = new Frames();
    for (int i = 0; i < FrameGuard.MOST_ROWS; i++) rows.row();
    refused(rows.frame('C', new byte[] {0}).row(), "100,000 rows");
  }

  /// A column that holds nothing costs its reader more than its sender.
  @Test
  void whatRowsTakeInTheDriverIsBounded() throws IOException {
    var rows = new Frames();
    for (int i = 0; i < FrameGuard.MOST_RESULT / 40_000; i++) rows.frame('D', nothing(1000));
    passes(rows);
    for (int i = 0; i < 100; i++) rows.frame('D', nothing(1000));
    refused(rows, "rows of more than 8 MiB");
  }

  private static byte[] nothing(int columns) {
    var row = new byte[2 + 4 * columns];
    Arrays.fill(row, (byte) -1);
    row[0] = (byte) (columns >> 8);
    row[1] = (byte) columns;
    return row;
  }

  @ParameterizedTest
  @ValueSource(strings = {"i=1", "i=4095", "i=", "i=-1", "i=4O96"})
  void aPasswordIsNotMadeCheapToGuess(String iterations) throws IOException {
    var exchange = new Frames();
    exchange.authentication(11, "r=abc,s=def," + iterations);
    refused(exchange, "SCRAM iterations");
  }

  @Test
  void errorsAreCountedPerStatement() throws IOException {
    var errors = new Frames();
    for (int i = 0; i < FrameGuard.MOST_PER_STATEMENT; i++) errors.frame('E', new byte[] {0});
    passes(errors);
    passes(errors.frame('Z', new byte[] {'I'}).frame('E', new byte[] {0}));
    var more = new Frames();
    for (int i = 0; i <= FrameGuard.MOST_PER_STATEMENT; i++) more.frame('E', new byte[] {0});
    refused(more, "32 errors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1x", "2x", "3x", "nx", "sx", "Ix", "Z", "Zxx", "G", "H", "W", "d", "c", "V", "v", "?"
      })
  void whatTheDriverWouldReadOtherwiseIsRefused(String message) throws IOException {
    var frames =
        new Frames()
            .frame(message.charAt(0), message.substring(1).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> readAll(frames.bytes(), 4096)).isInstanceOf(IOException.class);
  }

  @Test
  void nothingIsHiddenBehindAMessage() throws IOException {
    refused(new Frames().frame('D', new byte[] {0, 0, 1}), "longer than its columns");
    refused(
        new Frames().frame('D', new byte[] {0, 1, -1, -1, -1, -1, 1}), "longer than its columns");
    refused(
        new Frames().frame('S', "a\0b\0c\0".getBytes(StandardCharsets.UTF_8)),
        "not what its kind is");
    refused(new Frames().frame('K', new byte[9]), "not what its kind is");
    refused(new Frames().frame('T', new byte[40]), "not what its kind is");
    var mechanisms = new Frames();
    mechanisms.authentication(10, "SCRAM-SHA-256\0\0hidden\0\0");
    refused(mechanisms, "not what its kind is");
    var ok = new Frames();
    ok.authentication(0, "hidden");
    refused(ok, "not what its kind is");
  }

  @Test
  void aDescriptionIsAsLongAsThoseOfOurStatements() throws IOException {
    var most = new Frames();
    most.description(nCopies(FrameGuard.MOST_DESCRIBED, "x".repeat(63)).toArray(String[]::new));
    passes(most);
    var more = new Frames();
    more.description(nCopies(FrameGuard.MOST_DESCRIBED + 1, "x").toArray(String[]::new));
    refused(more, "not what its kind is");
    var longer = new Frames();
    longer.description("x".repeat(8192));
    refused(longer, "longer than such messages are");
    var binary = new byte[22];
    binary[1] = 1;
    binary[2] = 'x';
    passes(new Frames().frame('T', binary));
    binary[21] = 1;
    refused(new Frames().frame('T', binary), "not what its kind is");
    var parameters = new byte[2 + 65 * 4];
    parameters[1] = 65;
    refused(new Frames().frame('t', parameters), "not what its kind is");
  }

  private static void refused(Frames frames, String why) {
    assertThatThrownBy(() -> readAll(frames.bytes(), 4096))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  private static void passes(Frames frames) throws IOException {
    assertThat(readAll(frames.bytes(), 4096)).isEqualTo(frames.bytes());
  }

  private static byte[] readAll(byte[] bytes, int piece) throws IOException {
    var all = new ByteArrayOutputStream();
    var guard = new FrameGuard(new ByteArrayInputStream(bytes));
    var buffer = new byte[piece];
    while (true) {
      int read = piece == 1 ? one(guard, buffer) : guard.read(buffer, 0, piece);
      if (read < 0) return all.toByteArray();
      all.write(buffer, 0, read);
    }
  }

  private static int one(FrameGuard guard, byte[] buffer) throws IOException {
    int read = guard.read();
    buffer[0] = (byte) read;
    return read < 0 ? -1 : 1;
  }

  /// Messages as a server sends them.
  private static final class Frames {
    static final String NULL = "NULL";
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    byte[] bytes() {
      return bytes.toByteArray();
    }

    Frames head(char type, int length) throws IOException {
      out.write(type);
      out.writeInt(length);
      return this;
    }

    Frames frame(char type, byte[] body) throws IOException {
      head(type, body.length + 4);
      out.write(body);
      return this;
    }

    void authentication(int code, String text) throws IOException {
      head('R', text.length() + 8);
      out.writeInt(code);
      out.writeBytes(text);
    }

    void description(String... columns) throws IOException {
      var body = new ByteArrayOutputStream();
      var data = new DataOutputStream(body);
      data.writeShort(columns.length);
      for (var column : columns) {
        data.writeBytes(column + "\0");
        data.write(new byte[18]);
      }
      frame('T', body.toByteArray());
    }

    Frames row(String... values) throws IOException {
      var body = new ByteArrayOutputStream();
      var data = new DataOutputStream(body);
      data.writeShort(values.length);
      for (var value : values) {
        data.writeInt(value.equals(NULL) ? -1 : value.length());
        if (!value.equals(NULL)) data.writeBytes(value);
      }
      return frame('D', body.toByteArray());
    }
  }
}
