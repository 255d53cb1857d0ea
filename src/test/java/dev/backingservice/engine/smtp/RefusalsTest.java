package dev.backingservice.engine.smtp;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
    assertThat(recent("shop", "account-99", "x"))
        .hasValueSatisfying(
            entry ->
                assertThat(((Entry.Refused) entry).failure().message())
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
    if (recent(namespace, user, password).isPresent()) return false;
    refusals.told(RELAY, order(namespace), credential(user, password), answer);
    return true;
  }

  private Optional<Entry> recent(String namespace, String user, String password) {
    return refusals.recent(RELAY, order(namespace), credential(user, password));
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
