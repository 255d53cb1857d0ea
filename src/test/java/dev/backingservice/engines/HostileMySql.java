package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/// The protocol of MariaDB and MySQL (MySQL internals, "Client/Server Protocol"), as far as a play
/// goes along with it.
final class HostileMySql implements HostileServer.Dialogue {
  private static final int SSL_REQUEST = 36;
  private static final byte[] OK = {0, 0, 0, 2, 0, 0, 0};
  private final Play play;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  HostileMySql(Play play) {
    this.play = play;
  }

  /// What was sent after the handshake.
  String heard() {
    return heard.toString(ISO_8859_1);
  }

  @Override
  public void begin(Wire plain) throws IOException {
    plain.out.flush();
  }

  @Override
  public void consent(Wire plain) throws Exception {
    if (play.greeting != null) {
      play.greeting.on(plain);
      plain.silence();
    }
    packet(plain, 0, greeting());
    plain.in.readNBytes(SSL_REQUEST);
  }

  @Override
  public void secured(Wire wire, HostileMode mode) throws Exception {
    if (play.login == null && play.answer == null) {
      mode.play(wire);
      return;
    }
    read(wire);
    if (play.login != null) {
      play.login.on(wire);
      listen(wire);
      return;
    }
    packet(wire, 3, OK);
    while (true) {
      var asked = read(wire);
      if (asked.contains("@@version") && !asked.contains("@@sql_mode")) play.answer.on(wire);
      else if (asked.contains("@@sql_mode = ") && play.atOnce()) play.answer.on(wire);
      else if (asked.contains("SELECT")) row(wire, "1");
      else packet(wire, 1, OK);
    }
  }

  private void listen(Wire wire) throws IOException {
    for (int one = wire.in.read(); one >= 0; one = wire.in.read()) heard.write(one);
  }

  private String read(Wire wire) throws IOException {
    var head = wire.in.readNBytes(4);
    if (head.length < 4) throw new IOException("hung up");
    int length = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16;
    var body = wire.in.readNBytes(length);
    heard.writeBytes(body);
    return new String(body, ISO_8859_1);
  }

  private static byte[] greeting() {
    return bytes(
        "\12"
            + "11.8.6-MariaDB\0"
            + "\1\0\0\0"
            + "abcdefgh\0"
            + "\376\377"
            + "\55"
            + "\2\0"
            + "\377\201"
            + "\25"
            + "\0".repeat(10)
            + "abcdefghijkl\0"
            + "mysql_native_password\0");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static void packet(Wire wire, int sequence, byte[] body) throws IOException {
    head(wire, sequence, body.length);
    wire.out.write(body);
    wire.out.flush();
  }

  private static void head(Wire wire, int sequence, int length) throws IOException {
    wire.out.write(length);
    wire.out.write(length >> 8);
    wire.out.write(length >> 16);
    wire.out.write(sequence);
    wire.out.flush();
  }

  private static void packet(Wire wire, int sequence, String body) throws IOException {
    packet(wire, sequence, bytes(body));
  }

  private static void endless(Wire wire, String body) throws IOException {
    for (int sequence = 3; true; sequence++) packet(wire, sequence & 0xff, body);
  }

  private static final byte[] END = {(byte) 0xfe, 0, 0, 2, 0};

  private static void columns(Wire wire, int count) throws IOException {
    columns(wire, count, '\375');
  }

  /// @param first the type of the first one; the others are texts
  private static void columns(Wire wire, int count, char first) throws IOException {
    packet(wire, 1, new byte[] {(byte) count});
    for (int i = 0; i < count; i++)
      packet(
          wire,
          2 + i,
          "\3def\0\0\0\1c\1c\14\55\0\377\377\0\0" + (i > 0 ? '\375' : first) + "\0\0\0\0\0");
    packet(wire, 2 + count, END);
  }

  private static void row(Wire wire, String... values) throws IOException {
    columns(wire, values.length);
    var row = new ByteArrayOutputStream();
    for (var value : values) {
      row.write(value.length());
      row.writeBytes(bytes(value));
    }
    packet(wire, 9, row.toByteArray());
    packet(wire, 10, END);
  }

  /// What a wire is told.
  @FunctionalInterface
  interface Speech {
    void on(Wire wire) throws Exception;
  }

  /// What goes wrong after which step.
  enum Play {
    GoesAlong(null, null, null),
    GreetsWithSixteenMegabytes(
        w -> {
          head(w, 0, 0xffffff);
          w.flood();
        },
        null,
        null),
    DripsItsGreeting(w -> w.drip(1), null, null),
    GreetsWithoutTls(
        w -> {
          var greeting = greeting();
          for (int i = 0; i < greeting.length; i++)
            if (greeting[i] == (byte) 0xfe) greeting[i + 1] = 0;
          packet(w, 0, greeting);
        },
        null,
        null),
    GreetsWithAnError(w -> packet(w, 0, "\377\20\4Too many connections".repeat(20)), null, null),
    GreetsInAnOldProtocol(w -> packet(w, 0, "\11" + "5.0\0"), null, null),
    StuffsBytesBehindItsGreeting(
        w -> {
          packet(w, 0, greeting());
          packet(w, 2, OK);
        },
        null,
        null),

    AsksForClearText(null, w -> packet(w, 3, "\376mysql_clear_password\0"), null),
    AsksForDialog(null, w -> packet(w, 3, "\376dialog\0password"), null),
    AsksForAnUnknownAuthentication(null, w -> packet(w, 3, "\376sesame\0seed"), null),
    EndlessAuthenticationSwitches(
        null, w -> endless(w, "\376mysql_native_password\0abcdefghijklmnopqrst\0"), null),
    EndlessAuthenticationData(null, w -> endless(w, "\1\3"), null),
    AnnouncesSixteenMegabytes(
        null,
        w -> {
          head(w, 3, 0xffffff);
          w.flood();
        },
        null),
    PacketsOfNothing(null, w -> w.flood(), null),
    LongError(null, w -> packet(w, 3, "\377\25\4#28000" + "\33[2J".repeat(9999)), null),
    LetsInAndIsSilent(null, w -> packet(w, 3, OK), null),
    RedirectsAfterLogin(
        null,
        w -> packet(w, 3, "\0\0\0\2\100\0\0\0\51\1\47\14redirect_url\31mysql://127.0.0.9:3306/"),
        null),

    AsksForAFile(null, null, w -> packet(w, 1, "\373/etc/passwd")),
    AnnouncesAMillionColumns(null, null, w -> packet(w, 1, new byte[] {(byte) 0xfd, -1, -1, -1})),
    AnnouncesTooManyColumns(
        null, null, w -> packet(w, 1, new byte[] {(byte) 0xfe, -1, -1, -1, 127, 0, 0, 0, 0})),
    EndlessColumns(
        null,
        null,
        w -> {
          packet(w, 1, new byte[] {1});
          endless(w, "\3def\0\0\0\1c\1c\14\55\0\377\377\0\0\375\0\0\0\0\0");
        }),
    EndlessRows(
        null,
        null,
        w -> {
          columns(w, 1);
          endless(w, "\1x");
        }),
    AValueLongerThanItsRow(
        null,
        null,
        w -> {
          columns(w, 1);
          packet(w, 4, new byte[] {(byte) 0xfd, -1, -1, 127, 'x'});
        }),
    ARowThatIsCutShort(
        null,
        null,
        w -> {
          columns(w, 5);
          packet(w, 9, "\10x");
          packet(w, 10, END);
        }),
    EndlessResults(
        null,
        null,
        w -> {
          while (true) packet(w, 1, new byte[] {0, 0, 0, 8, 0, 0, 0});
        }),
    BitsThatAreTexts(
        null,
        null,
        w -> {
          columns(w, 5, '\20');
          var row = new byte[3 + 0xfffc + 8];
          Arrays.fill(row, (byte) 0xff);
          row[0] = (byte) 0xfc;
          row[1] = (byte) 0xfc;
          System.arraycopy(bytes("\0011\0011\0011\0011"), 0, row, row.length - 8, 8);
          for (int i = 0; i < 250; i++) packet(w, 8 + i & 0xff, row);
          packet(w, 254, END);
        }),
    ColumnsThatAreNone(
        null,
        null,
        w -> {
          packet(w, 1, new byte[] {2});
          packet(w, 2, "x");
          packet(w, 3, "\377\377");
          packet(w, 4, END);
        }),
    SilentAtAQuestion(null, null, w -> w.silence()),
    ResetsAtAQuestion(null, null, w -> w.reset()),
    LongErrorAtAQuestion(null, null, w -> packet(w, 1, "\377\25\4#42000" + "\33[2J".repeat(9999))),
    LiesAboutItsIdentity(
        null,
        null,
        w ->
            row(
                w,
                "\33[31m".repeat(20),
                "9".repeat(99) + ".\33",
                "x".repeat(120),
                ":".repeat(99),
                "-9")),
    AnswersNothing(null, null, w -> packet(w, 1, OK));

    private final Speech greeting;
    private final Speech login;
    private final Speech answer;

    Play(Speech greeting, Speech login, Speech answer) {
      this.greeting = greeting;
      this.login = login;
      this.answer = answer;
    }

    /// Whether it does so at the first question already: later ones have the time of an operation.
    boolean atOnce() {
      return this == SilentAtAQuestion;
    }

    /// The mode that tells what may be said of it.
    HostileMode like() {
      if (this == LongError) return HostileMode.LongError;
      if (this == LiesAboutItsIdentity) return HostileMode.LiesAboutItsIdentity;
      return login != null || greeting != null
          ? HostileMode.SilentAfterTls
          : HostileMode.SilentAfterLogin;
    }
  }

  /// Whether a text was sent by the client.
  boolean heard(String text) {
    return Arrays.asList(heard().split("\0")).contains(text) || heard().contains(text);
  }
}
