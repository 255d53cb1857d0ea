package dev.backingservice.engines;

import dev.backingservice.engines.HostileLogin.Scram;
import dev.backingservice.engines.HostileServer.Wire;
import dev.backingservice.sandbox.Pki;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a hostile server does, and how far it goes along before.
enum HostileMode {
  SilentAtOnce(Stage.Plain, Wire::silence),
  ClosesAtOnce(Stage.Plain, w -> w.socket.close()),
  ResetsAtOnce(Stage.Plain, Wire::reset),
  GarbageForTls(Stage.Plain, Wire::flood),
  HasNoTls(Stage.Plain, w -> w.out.write('N')),
  ErrorInsteadOfTls(Stage.Plain, w -> w.repeat('E', "SFATAL\0")),
  DripsBeforeTls(Stage.Plain, w -> w.drip('E')),
  StuffsBytesBeforeTheHandshake(Stage.Plain, w -> w.out.writeBytes("SR\0\0\0\10\0\0\0\0")),

  SilentInTheHandshake(Stage.Handshake, Wire::silence),
  GarbageInTheHandshake(Stage.Handshake, Wire::flood),
  DripsInTheHandshake(Stage.Handshake, w -> w.drip(22)),
  ResetsInTheHandshake(Stage.Handshake, Wire::reset),

  SelfMadeAuthority(Stage.Certificate, Wire::silence),
  CertificateOfAnotherHost(Stage.Certificate, Wire::silence),
  ExpiredCertificate(Stage.Certificate, Wire::silence),
  CertificateOfTomorrow(Stage.Certificate, Wire::silence),
  HundredAuthorities(Stage.Certificate, Wire::silence),
  GiantCertificate(Stage.Certificate, Wire::silence),

  SilentAfterTls(Stage.Login, Wire::silence),
  ResetsAfterTls(Stage.Login, Wire::reset),
  GarbageAfterTls(Stage.Login, Wire::flood),
  DripsAfterTls(Stage.Login, w -> w.drip('N')),
  AsksForClearText(Stage.Login, w -> authentication(w, 3, "")),
  AsksForMd5(Stage.Login, w -> authentication(w, 5, "salt")),
  LetsInAtOnce(Stage.Login, w -> authentication(w, 0, "")),
  AnnouncesOneGigabyte(Stage.Login, w -> announce(w, 'E', 1 << 30)),
  AnnouncesLessThanNothing(Stage.Login, w -> announce(w, 'E', -100)),
  EndlessNotices(Stage.Login, w -> w.repeat('N', "SNOTICE\0C00000\0Mhello\0\0")),
  EndlessParameters(Stage.Login, w -> w.repeat('S', "name\0value\0")),
  SixteenMegabytesOfError(Stage.Login, w -> announce(w, 'E', 16 << 20)),
  LongError(
      Stage.Login,
      w ->
          w.send(
              'E',
              ("SFATAL\0C28P01\0M" + "\u001b[2J".repeat(9999) + "\0\0")
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8))),

  HugeIterations(new Scram("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 2_000_000_000, true)),
  TinyIterations(new Scram("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 1, true)),
  NoChannelBinding(new Scram("SCRAM-SHA-256\0\0", 4096, true)),
  DoesNotKnowThePassword(new Scram("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 4096, false)),

  SilentAfterLogin(Stage.Session, Wire::silence),
  ResetsAfterLogin(Stage.Session, Wire::reset),
  DripsAfterLogin(Stage.Session, w -> w.drip('N')),
  EndlessNoticesAfterLogin(Stage.Session, w -> w.repeat('N', "SNOTICE\0C00000\0Mhello\0\0")),
  EndlessParametersAfterLogin(Stage.Session, w -> w.repeat('S', "name\0value\0")),
  OneGigabyteAfterLogin(Stage.Session, w -> announce(w, 'T', 1 << 30)),
  ColumnOfOneGigabyte(Stage.Session, HostileMode::column),
  MoreColumnsThanARowHas(Stage.Session, HostileMode::columns),
  EndlessRows(Stage.Session, HostileMode::rows),
  EndlessErrors(Stage.Session, w -> w.repeat('E', "\0")),
  EndlessCopyOuts(Stage.Session, w -> w.repeat('H', "")),
  MessagesInsideAMessage(
      Stage.Session,
      w ->
          w.send(
              '3',
              "N\0\0\0\5\0".repeat(9999).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))),
  ErrorAfterLogin(Stage.Session, w -> announce(w, 'E', 16 << 20)),

  LiesAboutItsVersion(Stage.Answers, Wire::silence),
  LiesAboutItsIdentity(Stage.Answers, Wire::silence),
  ClaimsTheProcessOfAnother(Stage.Answers, Wire::silence),
  AnswersNothingElse(Stage.Answers, Wire::silence),
  AnswersNull(Stage.Answers, Wire::silence),
  AnswersText(Stage.Answers, Wire::silence),
  AnswersHugeNumbers(Stage.Answers, Wire::silence),
  AnswersExponents(Stage.Answers, Wire::silence),
  AnswersDeepArrays(Stage.Answers, Wire::silence),
  AnswersWideArrays(Stage.Answers, Wire::silence),
  AnswersInBinary(Stage.Answers, Wire::silence),
  DescribesUnasked(Stage.Answers, Wire::silence);

  private static final int COLUMNS = 12;

  /// How far a mode goes along.
  enum Stage {
    Plain,
    Handshake,
    Certificate,
    Login,
    Session,
    Answers
  }

  /// What it does then.
  @FunctionalInterface
  interface Play {
    void on(Wire wire) throws Exception;
  }

  private final Stage stage;
  private final Play play;
  private final Scram scram;

  HostileMode(Stage stage, Play play) {
    this.stage = stage;
    this.play = play;
    this.scram = Scram.RIGHT;
  }

  HostileMode(Scram scram) {
    this.stage = Stage.Session;
    this.play = Wire::silence;
    this.scram = scram;
  }

  Stage stage() {
    return stage;
  }

  Scram scram() {
    return scram;
  }

  void play(Wire wire) throws Exception {
    play.on(wire);
    if (stage != Stage.Plain || this == StuffsBytesBeforeTheHandshake) wire.silence();
  }

  /// Whether its certificate is of somebody else's authority.
  boolean stranger() {
    return this == SelfMadeAuthority;
  }

  Pki.Shape shape() {
    var hour = Duration.ofHours(1);
    return switch (this) {
      case ExpiredCertificate -> new Pki.Shape(hour.multipliedBy(-9), hour.negated(), 0, 0);
      case CertificateOfTomorrow -> new Pki.Shape(hour, hour.multipliedBy(9), 0, 0);
      case HundredAuthorities -> new Pki.Shape(hour.negated(), hour, 100, 0);
      case GiantCertificate -> new Pki.Shape(hour.negated(), hour, 0, 1 << 20);
      default -> Pki.Shape.PLAIN;
    };
  }

  String host() {
    return this == CertificateOfAnotherHost ? "elsewhere.example" : "127.0.0.1";
  }

  String version() {
    return this == LiesAboutItsVersion ? "\u001b[31m9999999999999.x" : "17.0";
  }

  List<String> identity() {
    var long1 = "7\u202e\n" + "x".repeat(5000);
    var lineage = "7000000000000000000";
    return switch (this) {
      case LiesAboutItsIdentity -> List.of("7\u202e", "7\u202e/" + long1, long1, long1, "f", long1);
      case ClaimsTheProcessOfAnother -> List.of(lineage, "71/1", "00000001", "1", "f", "17.0");
      default -> List.of(lineage, lineage + "/1", "00000001", "1", "f", "17.0");
    };
  }

  /// Whether it is asked anything besides who it is: what it answers to the first questions lets
  /// that come to pass.
  boolean identified() {
    return this == LiesAboutItsIdentity || name().startsWith("Answers") && this != AnswersInBinary;
  }

  /// Another one than whoever logged in has to be taken on.
  String administrator() {
    return this == DescribesUnasked ? "another" : "bs_admin";
  }

  /// How often it describes its rows.
  int descriptions(boolean asked) {
    if (this == DescribesUnasked) return 2;
    return asked ? 1 : 0;
  }

  /// In which form it says that it sends values: 0 is text.
  int format() {
    return this == AnswersInBinary ? 1 : 0;
  }

  /// What it answers to every question but the first ones.
  List<List<@Nullable String>> anythingElse() {
    return switch (this) {
      case AnswersNull -> List.of(Collections.nCopies(COLUMNS, null));
      case AnswersText -> List.of(Collections.nCopies(COLUMNS, "{\"'; DROP ROLE x"));
      case AnswersHugeNumbers -> List.of(Collections.nCopies(COLUMNS, "9".repeat(99)));
      case AnswersExponents -> List.of(Collections.nCopies(COLUMNS, "1e500000000"));
      case AnswersDeepArrays -> List.of(Collections.nCopies(COLUMNS, "{".repeat(80_000)));
      case AnswersWideArrays ->
          List.of(
              Collections.nCopies(
                  COLUMNS, "{{" + "a,".repeat(30_000) + "a}" + ",{a}".repeat(5_000) + "}"));
      default -> List.of();
    };
  }

  private static void authentication(Wire wire, int code, String text) throws Exception {
    wire.authentication(code, text);
    wire.silence();
  }

  private static void announce(Wire wire, char type, int length) throws Exception {
    wire.announce(type, length);
    wire.flood();
  }

  private static void row(Wire wire) throws Exception {
    wire.send('1', new byte[0]);
    wire.send('2', new byte[0]);
    wire.send(
        'T',
        new byte[] {0, 1, 'c', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, -1, -1, -1, -1, -1, -1, 0, 0});
  }

  private static void column(Wire wire) throws Exception {
    row(wire);
    wire.send('D', new byte[] {0, 1, 0x40, 0, 0, 0});
    wire.flood();
  }

  private static void columns(Wire wire) throws Exception {
    row(wire);
    wire.send('D', new byte[] {0x7f, -1, 0, 0, 0, 0});
    wire.flood();
  }

  private static void rows(Wire wire) throws Exception {
    row(wire);
    wire.repeat('D', "\0\1\0\0\0\0");
  }
}
