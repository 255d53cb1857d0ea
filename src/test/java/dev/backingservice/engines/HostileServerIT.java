package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Servers that speak PostgreSQL's protocol as far as it serves them.
@Isolated("it counts threads and memory")
class HostileServerIT extends HostileContract {
  /// The deadline of an operation, and the login before it.
  private static final Duration WHOLE = Duration.ofSeconds(30);

  /// What the JDK allocates for 100,000 TLS records, each of one row: garbage at once.
  private static final long RECORDS = 640L << 20;

  /// So many it takes to open a session and to ask who the server is.
  private static final int STATEMENTS = 4;

  @Override
  Stream<Trial> trials() {
    return Stream.of(HostileMode.values()).flatMap(HostileServerIT::trials);
  }

  /// Whatever comes after the login may come at any statement.
  private static Stream<Trial> trials(HostileMode mode) {
    var first = Stream.of(new Trial(mode, new HostilePostgres(PASSWORD)));
    return mode.stage() == HostileMode.Stage.Session
        ? Stream.concat(first, IntStream.range(1, STATEMENTS).mapToObj(i -> later(mode, i)))
        : first;
  }

  private static Trial later(HostileMode mode, int answered) {
    return new Trial(
        "%s after %d statements".formatted(mode, answered),
        mode,
        new HostilePostgres(PASSWORD, answered),
        WHOLE,
        RECORDS);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "(Lies|Answers|Describes).*")
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
                "inventory", s -> s.inventory(order),
                "fenceable", s -> s.fenceable(order, at),
                "beacon", s -> s.beacon(1),
                "createMissing", s -> s.createMissing(order),
                "sever", s -> s.sever(order, at, Duration.ofMillis(100)),
                "lockStrangers", s -> s.lockStrangers(Set.of("hostile")),
                "drop", s -> s.drop(order)));
    for (var state : LoginState.values())
      questions.put(
          state.name(), s -> s.ensure(order, List.of(new Want(at, state, 1, password, salt))));

    try (var hostile = new HostileServer(mode, PKI, new HostilePostgres(PASSWORD));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new TreeMap<String, Future<?>>();
      questions.forEach(
          (name, question) -> asked.put(name, threads.submit(() -> ask(question, hostile))));
      for (var answer : asked.entrySet())
        assertThat(answer.getValue()).as(answer.getKey()).succeedsWithin(WHOLE);
    }
  }

  private void ask(Question question, HostileServer hostile) {
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

  @Override
  Engine engine() {
    return new PostgresEngine(EngineContract.KEY, new FixedTerm(1), 1);
  }

  @Override
  Set<Reason> usual() {
    return Set.of(Reason.ServerUnreachable, Reason.AdminRefused, Reason.CertificateNotTrusted);
  }

  @Override
  Server server(int port) {
    return server(port, "postgres", "bs_admin", PASSWORD);
  }
}
