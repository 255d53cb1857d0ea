package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.io.IOException;

/// The management API of RabbitMQ, as far as a play goes along with it.
record HostileRabbitMq(Play play) implements HostileServer.Dialogue {
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
    json(wire, "{\"name\":\"bs_admin\",\"tags\":[\"administrator\"]}");
    while (true) {
      read(wire);
      play.answer.on(wire);
    }
  }

  /// One request without a body.
  private static void read(Wire wire) throws IOException {
    var line = new StringBuilder();
    while (!line.toString().endsWith("\r\n\r\n")) line.append((char) wire.in.readUnsignedByte());
  }

  private static void say(Wire wire, String text) throws IOException {
    wire.out.write(text.getBytes(ISO_8859_1));
    wire.out.flush();
  }

  private static void endless(Wire wire, String text) throws IOException {
    while (true) say(wire, text);
  }

  private static void json(Wire wire, String text) throws IOException {
    answer(wire, "200 OK", "Content-Length: " + text.length() + "\r\n\r\n" + text);
  }

  private static void answer(Wire wire, String status, String rest) throws IOException {
    say(wire, "HTTP/1.1 " + status + "\r\n" + rest);
  }

  /// What a wire is told.
  @FunctionalInterface
  interface Speech {
    void on(Wire wire) throws Exception;
  }

  /// What goes wrong after which step.
  enum Play {
    GoesAlong(null, null),
    SpeaksAmqp(w -> say(w, "AMQP\0\0\11\1"), null),
    AnnouncesOneGigabyte(w -> announce(w, "Content-Length: 1073741824\r\n\r\n"), null),
    AnnouncesLessThanNothing(w -> announce(w, "Content-Length: -1\r\n\r\n"), null),
    ALengthThatIsNone(w -> announce(w, "Content-Length: 1e9\r\n\r\n"), null),
    TwoLengths(w -> announce(w, "Content-Length: 2\r\nContent-Length: 9\r\n\r\n"), null),
    NoLength(w -> announce(w, "\r\n"), null),
    AChunkOfOneGigabyte(w -> announce(w, "Transfer-Encoding: chunked\r\n\r\n40000000\r\n"), null),
    ChunksWithoutEnd(
        w -> {
          announce(w, "Transfer-Encoding: chunked\r\n\r\n", false);
          endless(w, "4000\r\n" + " ".repeat(0x4000) + "\r\n");
        },
        null),
    HeadersWithoutEnd(
        w -> {
          announce(w, "", false);
          for (int i = 0; ; i++) say(w, "X-" + i + ": y\r\n");
        },
        null),
    AHeaderWithoutEnd(
        w -> {
          announce(w, "X: ", false);
          endless(w, "yyyyyyyyyyyyyyyy");
        },
        null),
    StatusesOfOneLetter(w -> endless(w, "HTTP/1.1 x\r\n"), null),
    ContinuesForEver(w -> endless(w, "HTTP/1.1 100 Continue\r\n\r\n"), null),
    SendsElsewhere(
        w ->
            answer(
                w,
                "307 Temporary Redirect",
                "Location: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"),
        null),
    LongError(
        w -> {
          var text = "{\"reason\":\"" + "\33[2J".repeat(999) + "\"}";
          answer(w, "401 Unauthorized", "Content-Length: " + text.length() + "\r\n\r\n" + text);
        },
        null),
    ServesNobody(w -> answer(w, "503 Busy", "Content-Length: 0\r\n\r\n"), null),
    NoJson(w -> json(w, "<html>".repeat(99)), null),
    AnEmptyAnswer(w -> json(w, ""), null),
    ADeepNest(w -> json(w, "[".repeat(1 << 20)), null),
    IsNoAdministrator(w -> json(w, "{\"tags\":{\"administrator\":1}}"), null),
    Drips(w -> w.drip('H'), null),
    Hangs(w -> w.silence(), null),
    Resets(w -> w.reset(), null),

    HangsLater(null, w -> w.silence()),
    ResetsLater(null, w -> w.reset()),
    AnnouncesOneGigabyteLater(null, w -> announce(w, "Content-Length: 1073741824\r\n\r\n")),
    ANumberOfAMillionDigits(null, w -> json(w, "9".repeat(1 << 20))),
    FiveMegabytesOfNodes(null, w -> json(w, "[" + "{},".repeat(5 << 18) + "{}]")),
    AnswersNumbers(null, w -> json(w, "[1,2,3]")),
    NothingIsThere(null, w -> answer(w, "404 Not Found", "Content-Length: 0\r\n\r\n")),
    HangsUpAfterEachAnswer(
        null,
        w -> {
          answer(w, "200 OK", "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
          w.socket.close();
        }),
    LiesAboutItsIdentity(
        null,
        w ->
            json(
                w,
                "{\"value\":\""
                    + "\\u001b[31m".repeat(500)
                    + "\",\"rabbitmq_version\":\"\\u202e"
                    + "9".repeat(5000)
                    + "\"}"));

    private final Speech login;
    private final Speech answer;

    Play(Speech login, Speech answer) {
      this.login = login;
      this.answer = answer;
    }

    private static void announce(Wire wire, String headers) throws IOException {
      announce(wire, headers, true);
    }

    private static void announce(Wire wire, String headers, boolean flood) throws IOException {
      answer(wire, "200 OK", headers);
      if (flood) wire.flood();
    }

    /// The mode that tells what may be said of it.
    HostileMode like() {
      if (this == LongError) return HostileMode.LongError;
      if (this == LiesAboutItsIdentity) return HostileMode.LiesAboutItsIdentity;
      return login != null ? HostileMode.SilentAfterTls : HostileMode.SilentAfterLogin;
    }
  }
}
