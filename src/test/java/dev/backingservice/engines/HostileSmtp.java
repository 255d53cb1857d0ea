package dev.backingservice.engines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.backingservice.engines.HostileServer.Wire;
import java.io.IOException;

/// SMTP with STARTTLS, as far as a play goes along with it.
record HostileSmtp(Play play) implements HostileServer.Dialogue {
  @Override
  public void begin(Wire plain) throws Exception {
    if (play.first == null) return;
    play.first.on(plain);
    plain.silence();
  }

  @Override
  public void consent(Wire plain) throws Exception {
    say(plain, "220 relay.example ESMTP\r\n");
    line(plain);
    if (play.offer != null) {
      play.offer.on(plain);
      plain.silence();
    }
    say(plain, "250-relay.example\r\n250 STARTTLS\r\n");
    line(plain);
    say(plain, play.consent);
  }

  @Override
  public void secured(Wire wire, HostileMode mode) throws Exception {
    if (play.secured == null) {
      mode.play(wire);
      return;
    }
    line(wire);
    play.secured.on(wire);
    wire.silence();
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

  /// What a wire is told.
  @FunctionalInterface
  interface Speech {
    void on(Wire wire) throws Exception;
  }

  /// What goes wrong after which step.
  enum Play {
    GoesAlong(null, null, "220 ready\r\n", null),
    SpeaksHttp(w -> say(w, "HTTP/1.1 400 Bad Request\r\n\r\n"), null, "", null),
    GreetsWithoutEnd(w -> endless(w, "220-hello\r\n"), null, "", null),
    AGreetingOfOneLine(w -> endless(w, "220 aaaaaaaaaaaaa"), null, "", null),
    GreetsInTwoVoices(w -> say(w, "220-a\r\n554 b\r\n"), null, "", null),
    NumbersWithoutEnd(w -> endless(w, "2202202202202202"), null, "", null),
    IsBusy(w -> say(w, "421 " + "\33[2J".repeat(200) + "\r\n"), null, "", null),
    RefusesUs(w -> say(w, "554 not you\r\n"), null, "", null),
    Drips(w -> w.drip('2'), null, "", null),
    Hangs(w -> w.silence(), null, "", null),
    Resets(w -> w.reset(), null, "", null),
    OffersNoTls(null, w -> say(w, "250-relay.example\r\n250 AUTH PLAIN\r\n"), "", null),
    OffersWithoutEnd(null, w -> endless(w, "250-X\r\n"), "", null),
    TakesTlsBack(null, null, "454 not now\r\n", null),
    InjectsBeforeTls(null, null, "220 ready\r\n250 AUTH PLAIN\r\n", null),
    OffersWithoutEndLater(null, null, "220 ready\r\n", w -> endless(w, "250-X\r\n")),
    AnswersNothingLater(null, null, "220 ready\r\n", w -> w.silence()),
    ResetsLater(null, null, "220 ready\r\n", w -> w.reset()),
    SpeaksHttpLater(null, null, "220 ready\r\n", w -> say(w, "HTTP/1.1 200 OK\r\n\r\n"));

    private final Speech first;
    private final Speech offer;
    private final String consent;
    private final Speech secured;

    Play(Speech first, Speech offer, String consent, Speech secured) {
      this.first = first;
      this.offer = offer;
      this.consent = consent;
      this.secured = secured;
    }

    /// The mode that tells what may be said of it.
    HostileMode like() {
      return HostileMode.SilentAfterTls;
    }
  }
}
