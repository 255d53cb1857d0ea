package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.tls.EllipticCurves;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Servers that are attacked or attacking: each costs one attempt a bounded time, bounded memory
/// and no thread, and what is said of it is true and printable.
abstract class HostileContract {
  static final String PASSWORD = "the administrator's own";
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final long ALLOCATED = 64L << 20;
  private static final long KEPT = 16L << 20;
  private static final int AT_ONCE = 8;
  static final Pki PKI = new Pki();

  static {
    EllipticCurves.install(); // as the operator does
  }

  abstract Engine engine();

  /// What is tried, each server once.
  abstract Stream<Trial> trials();

  /// @param like the mode that tells what may be said of the server
  /// @param within how long one attempt may take
  /// @param most the bytes that it may allocate, whether or not it keeps them
  record Trial(
      String name, HostileMode like, HostileServer.Dialogue dialogue, Duration within, long most) {
    Trial(HostileMode mode, HostileServer.Dialogue dialogue) {
      this(mode.name(), mode, dialogue);
    }

    Trial(String name, HostileMode like, HostileServer.Dialogue dialogue) {
      this(name, like, dialogue, ATTEMPT, ALLOCATED);
    }
  }

  abstract Server server(int port);

  static Server server(int port, String database, String user, String password) {
    var endpoint = new Endpoint("127.0.0.1", port);
    return new Server(
        "hostile",
        "uid",
        endpoint,
        endpoint,
        database,
        user,
        new Sensitive(password),
        new Trust(Trust.Mode.VerifyFull, PKI.anchor(), false),
        Server.ClientCertificate.Offered);
  }

  /// What may be said of a mode that does not speak of itself.
  abstract Set<Reason> usual();

  /// The attempts go on at the same time, because most of what a hostile server does is to let its
  /// clients wait.
  @TestFactory
  Stream<DynamicTest> costsOneBoundedAttempt() throws Exception {
    long before = used();
    var attempts = attempts();
    assertThat(used() - before).as("kept").isLessThan(KEPT);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(threads()).as("threads").isEmpty());
    return attempts.entrySet().stream()
        .map(
            e -> DynamicTest.dynamicTest(e.getKey().name(), () -> judge(e.getKey(), e.getValue())));
  }

  private Map<Trial, Attempt> attempts() throws Exception {
    var attempts = new LinkedHashMap<Trial, Future<Attempt>>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var trial : trials().toList()) attempts.put(trial, threads.submit(() -> attempt(trial)));
    }
    var made = new LinkedHashMap<Trial, Attempt>();
    for (var attempt : attempts.entrySet()) made.put(attempt.getKey(), attempt.getValue().get());
    return made;
  }

  private Attempt attempt(Trial trial) throws Exception {
    var engine = engine();
    try (var hostile = new HostileServer(trial.like(), PKI, trial.dialogue())) {
      return attempt(engine, server(hostile.port()));
    } finally {
      engine.keep(List.of());
    }
  }

  private void judge(Trial trial, Attempt attempt) {
    assertThat(attempt.took).as("time").isLessThan(trial.within());
    assertThat(attempt.allocated).as("allocated").isLessThan(trial.most());
    truthful(trial.like(), attempt);
    after(trial);
  }

  /// What else is to be so after an attempt.
  void after(Trial trial) {}

  @Test
  void aServerThatNobodyHeardOfIsSilentAndAHostileOneIsNot() throws Exception {
    // Given
    int unused = Ports.free();

    // When
    var attempt = attempt(engine(), server(unused));

    // Then
    assertThat(attempt.failure.orElseThrow().silent()).isTrue();
  }

  /// @param allocated by the thread that asked, in bytes
  private record Attempt(
      Optional<EngineException> failure,
      Optional<Identity> identity,
      Duration took,
      long allocated) {}

  private static Attempt attempt(Engine engine, Server server) {
    var counter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = counter.getCurrentThreadAllocatedBytes();
    long began = System.nanoTime();
    var failure = Optional.<EngineException>empty();
    var identity = Optional.<Identity>empty();
    try (var session = engine.open(server)) {
      identity = Optional.of(session.identity());
    } catch (EngineException e) {
      failure = Optional.of(e);
    }
    return new Attempt(
        failure,
        identity,
        Duration.ofNanos(System.nanoTime() - began),
        counter.getCurrentThreadAllocatedBytes() - before);
  }

  private void truthful(HostileMode mode, Attempt attempt) {
    if (mode.stage() == HostileMode.Stage.Answers) {
      attempt.identity.ifPresent(HostileContract::clean);
      if (mode.identified())
        assertThat(attempt.identity)
            .as(() -> attempt.failure.map(EngineException::sentence).orElse(""))
            .isPresent();
      return;
    }
    var failure = attempt.failure.orElseThrow();
    assertThat(failure.silent()).as(failure.sentence()).isFalse();
    assertThat(reasons(mode)).as(failure.sentence()).contains(failure.reason());
    assertThat(failure.sentence()).contains("hostile").hasSizeLessThan(1000);
    assertThat(failure.sentence().chars()).noneMatch(Character::isISOControl);
    assertThat(failure.sentence()).doesNotContain(PASSWORD);
  }

  private static void clean(Identity identity) {
    for (var text : List.of(identity.serverId(), identity.instanceId(), identity.version()))
      assertThat(text.chars().noneMatch(c -> Character.isISOControl(c) || c == 0x202e))
          .as(text)
          .isTrue();
    assertThat(identity.serverId()).hasSizeLessThan(100);
  }

  private Set<Reason> reasons(HostileMode mode) {
    return switch (mode) {
      case CertificateOfAnotherHost -> Set.of(Reason.CertificateNameMismatch);
      case SelfMadeAuthority, ExpiredCertificate, CertificateOfTomorrow ->
          Set.of(Reason.CertificateNotTrusted);
      case HundredAuthorities, GiantCertificate ->
          Set.of(Reason.CertificateNotTrusted, Reason.ServerUnreachable);
      case LongError -> Set.of(Reason.AdminRefused);
      default -> usual();
    };
  }

  /// Threads that are at work in an engine.
  private static Set<String> threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(e -> e.getKey() != Thread.currentThread())
        .filter(e -> Stream.of(e.getValue()).anyMatch(HostileContract::ours))
        .map(e -> e.getKey().getName())
        .collect(Collectors.toSet());
  }

  private static boolean ours(StackTraceElement at) {
    return at.getClassName().startsWith("dev.backingservice.engine.")
        || at.getClassName().startsWith("org.postgresql.")
        || at.getClassName().startsWith("org.mariadb.");
  }

  private static long used() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
