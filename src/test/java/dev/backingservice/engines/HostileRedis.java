package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.io.IOException;

/// The protocol of Redis and Valkey, as far as a play goes along with it.
record HostileRedis(Play play) implements HostileServer.Dialogue {
  private static final String INFO = "run_id:1\r\nredis_version:7.0.15\r\nrole:master\r\n";

  @Override
  public void secured(Wire wire, HostileMode mode) throws Exception {
    if (play.login == null && play.answer == null) {
      mode.play(wire);
      return;
    }
    read(wire);
    if (play.login != null) {
      play.login.on(wire);
      wire.silence();
    }
    say(wire, "+OK\r\n");
    while (true) {
      boolean info = read(wire).equals("INFO");
      if (info && play == Play.KeysWithoutEnd) say(wire, bulk(INFO));
      else play.answer.on(wire);
    }
  }

  /// One command, an array of texts; the first one is told.
  private static String read(Wire wire) throws IOException {
    int words = Integer.parseInt(line(wire).substring(1));
    var first = text(wire);
    for (int i = 1; i < words; i++) text(wire);
    return first;
  }

  private static String text(Wire wire) throws IOException {
    var bytes = wire.in.readNBytes(Integer.parseInt(line(wire).substring(1)) + 2);
    return new String(bytes, ISO_8859_1).strip();
  }

  private static String line(Wire wire) throws IOException {
    var line = new StringBuilder();
    for (int one = wire.in.readUnsignedByte(); one != '\n'; one = wire.in.readUnsignedByte())
      line.append((char) one);
    return line.toString().strip();
  }

  private static void say(Wire wire, String text) throws IOException {
    wire.out.write(text.getBytes(ISO_8859_1));
    wire.out.flush();
  }

  private static void endless(Wire wire, String text) throws IOException {
    while (true) say(wire, text);
  }

  private static String bulk(String text) {
    return "$" + text.length() + "\r\n" + text + "\r\n";
  }

  /// What a wire is told.
  @FunctionalInterface
  interface Speech {
    void on(Wire wire) throws Exception;
  }

  /// What goes wrong after which step.
  enum Play {
    GoesAlong(null, null),
    SpeaksHttp(w -> say(w, "HTTP/1.1 400 Bad Request\r\n\r\n"), null),
    AnnouncesOneGigabyte(
        w -> {
          say(w, "$1073741824\r\n");
          w.flood();
        },
        null),
    AnnouncesABillionParts(
        w -> {
          say(w, "*1000000000\r\n");
          endless(w, ":1\r\n");
        },
        null),
    ADeepNest(w -> endless(w, "*1\r\n"), null),
    ALineWithoutEnd(w -> endless(w, "+OKOKOKOKOKOKOKOK"), null),
    ANumberThatIsNone(w -> say(w, "$12x\r\n"), null),
    PushesOfTheNextProtocol(w -> endless(w, ">1\r\n+x\r\n"), null),
    LongError(w -> say(w, "-WRONGPASS " + "\33[2J".repeat(999) + "\r\n"), null),
    Drips(w -> w.drip('+'), null),
    Hangs(w -> w.silence(), null),
    Resets(w -> w.reset(), null),
    AsksForMore(w -> say(w, "-NOAUTH Authentication required.\r\n"), null),

    AnnouncesOneGigabyteLater(
        null,
        w -> {
          say(w, "$1073741824\r\n");
          w.flood();
        }),
    ManyParts(
        null,
        w -> {
          say(w, "*40000\r\n");
          endless(w, "*3\r\n:1\r\n:1\r\n:1\r\n");
        }),
    ATextThatIsNotEnded(null, w -> say(w, "$2\r\nxxxxxx")),
    AnswersNothing(null, w -> say(w, "$-1\r\n")),
    AnswersNumbers(null, w -> say(w, ":9223372036854775807\r\n")),
    RefusesEverything(null, w -> say(w, "-ERR " + "\33[2J".repeat(999) + "\r\n")),
    ResetsLater(null, w -> w.reset()),
    KeysWithoutEnd(null, w -> say(w, "*2\r\n$1\r\n7\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n")),
    LiesAboutItsIdentity(
        null,
        w ->
            say(
                w,
                bulk(
                    "run_id:"
                        + "\33[31m".repeat(500)
                        + "\r\nredis_version:"
                        + "9".repeat(5000)
                        + "\r\nrole:king\r\n")));

    private final Speech login;
    private final Speech answer;

    Play(Speech login, Speech answer) {
      this.login = login;
      this.answer = answer;
    }

    /// The mode that tells what may be said of it.
    HostileMode like() {
      if (this == LongError) return HostileMode.LongError;
      if (this == LiesAboutItsIdentity) return HostileMode.LiesAboutItsIdentity;
      return login != null ? HostileMode.SilentAfterTls : HostileMode.SilentAfterLogin;
    }
  }
}
