package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that are attacked or attacking: each costs one attempt a bounded time, bounded
/// memory and no thread, and what is said of it is true and printable.
@Isolated("it counts threads and memory")
class HostileServerIT {
  private static final String PASSWORD = "the administrator's own";
  private static final Duration ATTEMPT = Duration.ofSeconds(10);

  /// The deadline of an operation, and the login before it.
  private static final Duration WHOLE = Duration.ofSeconds(30);

  private static final long ALLOCATED = 64L << 20;
  private static final long KEPT = 16L << 20;
  private static final Pki PKI = new Pki();

  @ParameterizedTest
  @EnumSource(HostileMode.class)
  void costsOneBoundedAttempt(HostileMode mode) throws Exception {
    // Given
    try (var hostile = new HostileServer(mode, PKI, PASSWORD)) {
      var engine = engine();
      long kept = used();
      var began = System.nanoTime();

      // When
      var attempt = attempt(engine, server(hostile.port()));

      // Then
      assertThat(Duration.ofNanos(System.nanoTime() - began)).as("time").isLessThan(ATTEMPT);
      assertThat(attempt.allocated).as("allocated").isLessThan(ALLOCATED);
      engine.keep(List.of());
      assertThat(used() - kept).as("kept").isLessThan(KEPT);
      Awaitility.await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(() -> assertThat(threads()).as("threads").isEmpty());
      truthful(mode, attempt);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "(Lies|Answers).*")
  void whatALiarAnswersToAnyQuestionIsNoBugOfOurs(HostileMode mode) throws Exception {
    var service = new ServiceId("shop", "orders", "uid");
    var place = new Place("hostile", new Scope.Schema("orders", "public"));
    var order = new Order(service, "uid", place, new Limits(20, Duration.ZERO), Set.of());
    var logins = EngineContract.KEY.logins(service);
    var at = new Attachment(place, "", logins.a(), Access.Owner, 2);
    var password = EngineContract.KEY.password(service, at);
    var salt = EngineContract.KEY.salt(service, at);
    var questions =
        new LinkedHashMap<String, Question>(
            Map.of(
                "look", s -> s.look(order, Set.of(at.login())),
                "examine", Session::examine,
                "inventory", s -> s.inventory(place),
                "fenceable", s -> s.fenceable(order, at),
                "beacon", s -> s.beacon(1),
                "createMissing", s -> s.createMissing(order),
                "sever", s -> s.sever(order, at, Duration.ofMillis(100)),
                "lockStrangers", s -> s.lockStrangers(Set.of("hostile")),
                "drop", s -> s.drop(order)));
    for (var state : LoginState.values())
      questions.put(
          state.name(), s -> s.ensure(order, List.of(new Want(at, state, 1, password, salt))));

    try (var hostile = new HostileServer(mode, PKI, PASSWORD);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new TreeMap<String, Future<?>>();
      questions.forEach(
          (name, question) -> asked.put(name, threads.submit(() -> ask(question, hostile))));
      for (var answer : asked.entrySet())
        assertThat(answer.getValue()).as(answer.getKey()).succeedsWithin(WHOLE);
    }
  }

  private static void ask(Question question, HostileServer hostile) {
    try (var session = engine().open(server(hostile.port()))) {
      question.ask(session);
    } catch (EngineException e) {
      assertThat(e.sentence()).hasSizeLessThan(1000);
    }
  }

  @FunctionalInterface
  private interface Question {
    void ask(Session session) throws EngineException;
  }

  @Test
  void aServerThatNobodyHeardOfIsSilentAndAHostileOneIsNot() throws Exception {
    // Given
    int unused = Ports.free();

    // When
    var attempt = attempt(engine(), server(unused));

    // Then
    assertThat(attempt.failure.orElseThrow().silent()).isTrue();
  }

  private static PostgresEngine engine() {
    return new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  private static Server server(int port) {
    var endpoint = new Endpoint("127.0.0.1", port);
    return new Server(
        "hostile",
        endpoint,
        endpoint,
        "postgres",
        "bs_admin",
        new Sensitive(PASSWORD),
        new Trust(Trust.Mode.VerifyFull, PKI.anchor(), false),
        Server.ClientCertificate.Offered);
  }

  /// @param allocated by the thread that asked, in bytes
  private record Attempt(
      Optional<EngineException> failure, Optional<Identity> identity, long allocated) {}

  private static Attempt attempt(PostgresEngine engine, Server server) {
    var counter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = counter.getCurrentThreadAllocatedBytes();
    var failure = Optional.<EngineException>empty();
    var identity = Optional.<Identity>empty();
    try (var session = engine.open(server)) {
      identity = Optional.of(session.identity());
    } catch (EngineException e) {
      failure = Optional.of(e);
    }
    return new Attempt(failure, identity, counter.getCurrentThreadAllocatedBytes() - before);
  }

  private static void truthful(HostileMode mode, Attempt attempt) {
    if (mode.stage() == HostileMode.Stage.Answers) {
      attempt.identity.ifPresent(HostileServerIT::clean);
      if (mode == HostileMode.LiesAboutItsIdentity)
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

  private static Set<Reason> reasons(HostileMode mode) {
    return switch (mode) {
      case CertificateOfAnotherHost -> Set.of(Reason.CertificateNameMismatch);
      case SelfMadeAuthority, ExpiredCertificate, CertificateOfTomorrow ->
          Set.of(Reason.CertificateNotTrusted);
      case HundredAuthorities, GiantCertificate ->
          Set.of(Reason.CertificateNotTrusted, Reason.ServerUnreachable);
      case LongError -> Set.of(Reason.AdminRefused);
      default ->
          Set.of(Reason.ServerUnreachable, Reason.AdminRefused, Reason.CertificateNotTrusted);
    };
  }

  /// Threads that are at work in an engine.
  private static Set<String> threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(e -> e.getKey() != Thread.currentThread())
        .filter(e -> Stream.of(e.getValue()).anyMatch(HostileServerIT::ours))
        .map(e -> e.getKey().getName())
        .collect(Collectors.toSet());
  }

  private static boolean ours(StackTraceElement at) {
    return at.getClassName().startsWith("dev.backingservice.engine.")
        || at.getClassName().startsWith("org.postgresql.");
  }

  private static long used() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
