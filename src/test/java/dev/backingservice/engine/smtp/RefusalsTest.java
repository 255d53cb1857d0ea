package dev.backingservice.engine.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final Server RELAY = server("relay");
  private static final Entry NO =
      new Entry.Refused(new Failure(Reason.LoginRefused, "535 no such account"));
  private static final Entry YES = new Entry.LetIn(OptionalInt.empty(), Optional.empty());
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Refusals refusals = new Refusals(nanos::get);

  @Test
  void aNamespaceThatInventsAccountsWaits() {
    // When
    int tried = 0;
    for (int i = 0; i < 100; i++) if (tries("shop", "account-" + i, "x", NO)) tried++;

    // Then
    assertThat(tried).isEqualTo(Guesses.BURST);
    assertThat(untried("shop", "account-99", "x"))
        .isInstanceOfSatisfying(
            Entry.Untried.class,
            entry ->
                assertThat(entry.failure().message())
                    .contains("many logins of namespace shop", "every 2 minutes"));

    // When
    pass(Guesses.EACH);

    // Then
    assertThat(tries("shop", "another", "x", NO)).isTrue();
    assertThat(tries("shop", "one more", "x", NO)).isFalse();
  }

  @Test
  void whoInventsAccountsKeepsOutNobodyElse() {
    // Given
    assertThat(tries("shop", "orders", "right", YES)).isTrue();

    // When
    for (int i = 0; i < Guesses.BURST; i++) tries("shop", "account-" + i, "x", NO);

    // Then
    assertThat(tries("shop", "orders", "right", YES)).as("what was let in").isTrue();
    assertThat(tries("shop", "orders", "wrong", NO)).as("a guess").isFalse();
    assertThat(tries("mail", "orders", "x", NO)).as("of another namespace").isTrue();
  }

  @Test
  void guessesDoNotKeepOutThePasswordThatWasLetIn() {
    tries("shop", "orders", "right", YES);
    for (var guess : List.of("a", "b", "c"))
      assertThat(tries("shop", "orders", guess, NO)).isTrue();
    assertThat(tries("shop", "orders", "d", NO)).isFalse();
    assertThat(tries("shop", "orders", "right", NO)).as("it is tried").isTrue();
    assertThat(tries("shop", "orders", "right", NO)).as("refused, it waits as any").isFalse();
  }

  @Test
  void whatTheRelayDoesToEverybodyIsForgottenSoon() {
    // Given
    for (int i = 0; i < 200; i++) tries("shop", "account-" + i, "right", YES);

    // When
    for (int i = 0; i < 200; i++)
      assertThat(tries("shop", "account-" + i, "right", NO)).as("it was let in").isTrue();

    // Then
    assertThat(tries("shop", "new", "right", YES)).isTrue();
  }

  @Test
  void whatWasNeverRefusedGoesFirst() {
    for (int i = 0; i < Guesses.BURST; i++) tries("shop", "account-" + i, "x", NO);
    pass(Guesses.EACH);
    for (int i = 0; i < Guesses.BURST; i++)
      assertThat(untried("shop", "account-" + i, "x")).isInstanceOf(Entry.Untried.class);
    assertThat(tries("shop", "new", "right", YES)).isTrue();
    pass(Guesses.EACH.multipliedBy(5));
    assertThat(tries("shop", "account-0", "x", NO)).isTrue();
  }

  @Test
  void theRightPasswordOfAnAccountDoesNotHelpTheWrongOne() {
    for (int i = 0; i < 3; i++) {
      assertThat(tries("shop", "orders", "wrong", NO)).isEqualTo(i == 0);
      assertThat(tries("shop", "orders", "right", YES)).isTrue();
    }
  }

  @Test
  void whoTriesAtTheSameTimeIsCountedAtOnce() throws Exception {
    // Given
    var tried = new AtomicInteger();
    var answers = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // When
      var over = new ArrayList<Future<?>>();
      for (int i = 0; i < 3 * Guesses.BURST; i++) {
        var user = "account-" + i;
        over.add(
            threads.submit(
                () ->
                    said(
                        "shop",
                        user,
                        "x",
                        () -> {
                          tried.incrementAndGet();
                          wait(answers);
                          return NO;
                        })));
      }
      Waiting.until("those that are not tried", () -> done(over) == 2 * Guesses.BURST);
      answers.countDown();
    }

    // Then
    assertThat(tried).hasValue(Guesses.BURST);
  }

  private static long done(List<Future<?>> over) {
    return over.stream().filter(Future::isDone).count();
  }

  private static void wait(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRelayThatDoesNotServeHasRefusedNothing() {
    for (int i = 0; i < 3 * Guesses.BURST; i++) {
      var credential = credential("account-" + i, "x");
      assertThatThrownBy(
              () ->
                  refusals.of(
                      RELAY,
                      order("shop"),
                      credential,
                      () -> {
                        throw EngineException.of(Reason.ServerUnreachable, "421 closing");
                      }))
          .isInstanceOf(EngineException.class);
    }
  }

  @Test
  void aRightCredentialIsNotCounted() {
    for (int i = 0; i < 3 * Guesses.BURST; i++)
      assertThat(tries("shop", "account-" + i, "right", YES)).isTrue();
  }

  @Test
  void whatWasRefusedIsAskedAgainEverLater() {
    assertThat(tries("shop", "orders", "x", NO)).isTrue();
    assertThat(tries("shop", "orders", "x", NO)).isFalse();
    pass(Duration.ofSeconds(31));
    assertThat(tries("shop", "orders", "x", NO)).isTrue();
    pass(Duration.ofSeconds(31));
    assertThat(tries("shop", "orders", "x", NO)).isFalse();
    assertThat(tries("shop", "orders", "y", YES)).as("another password").isTrue();
    assertThat(tries("shop", "orders", "y", YES)).isTrue();
  }

  @Test
  void manyAccountsPushOutTheOldestAndNoOther() {
    // Given
    tries("shop", "oldest", "x", NO);
    pass(Duration.ofSeconds(1));

    // When
    for (int i = 0; i < Refusals.MOST; i++) tries("namespace-" + i, "orders", "x", NO);

    // Then
    assertThat(tries("namespace-0", "orders", "x", NO)).isFalse();
    assertThat(tries("shop", "oldest", "x", NO)).isTrue();
  }

  @Test
  void nothingIsKeptOfARelayThatIsGone() {
    for (int i = 0; i < 2 * Guesses.BURST; i++) tries("shop", "account-" + i, "x", NO);
    refusals.keep(Set.of(server("another")));
    assertThat(tries("shop", "account-0", "x", NO)).isTrue();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private boolean tries(String namespace, String user, String password, Entry answer) {
    var asked = new AtomicBoolean();
    said(
        namespace,
        user,
        password,
        () -> {
          asked.set(true);
          return answer;
        });
    return asked.get();
  }

  private Entry said(String namespace, String user, String password, Refusals.Login login) {
    try {
      return refusals.of(RELAY, order(namespace), credential(user, password), login);
    } catch (EngineException e) {
      throw new AssertionError(e);
    }
  }

  private Entry untried(String namespace, String user, String password) {
    return said(
        namespace,
        user,
        password,
        () -> {
          throw new AssertionError("it is tried");
        });
  }

  private static Order order(String namespace) {
    return new Order(
        new ServiceId(namespace, "orders", "uid"),
        "namespace-uid",
        place(),
        new Intent.Limits(1, Duration.ZERO),
        Set.of());
  }

  private static Credential credential(String user, String password) {
    var at = new Attachment(place(), "server-uid", user, Access.ReadWrite, 1);
    return new Credential(at, new Sensitive(password), Optional.empty());
  }

  private static Place place() {
    return new Place("relay", new Scope.Sender("orders@example.org"));
  }

  private static Server server(String name) {
    var at = new Endpoint(name + ".example", 587);
    return new Server(
        name,
        "uid",
        at,
        at,
        "",
        "",
        new Sensitive(""),
        new Trust(Trust.Mode.VerifyFull, "", false),
        Server.ClientCertificate.Offered);
  }
}
