package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.HostileTexts;
import dev.backingservice.kube.GivenCredentials.Read;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServiceId;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What tenants hand over, whatever they write into it.
class GivenCredentialsTest {
  private static final ServiceId SERVICE = new ServiceId("shop", "events", "uid");
  private final GivenCredentials given =
      new GivenCredentials(
          new Secrets(new KubernetesClientBuilder().build()), new RootKey(new byte[32]));

  private Read read(String username, String password) {
    return given.read(SERVICE, "kafka-user", Optional.of(secret(username, password)));
  }

  private static Secret secret(String username, String password) {
    return new SecretBuilder()
        .withData(
            Map.of(
                "username", Secrets.encoded(username.getBytes(StandardCharsets.UTF_8)),
                "password", Secrets.encoded(password.getBytes(StandardCharsets.UTF_8))))
        .build();
  }

  private static Read.Good good(Read read) {
    return (Read.Good) read;
  }

  @Test
  void whatIsTakenIsTakenWhole() {
    for (var hostile : HostileTexts.all()) {
      // a lone surrogate is no text that UTF-8 can hold
      var text = new String(hostile.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      for (var read : new Read[] {read(text, "password"), read("orders", text)})
        switch (read) {
          case Read.Good(var username, var password, _) -> {
            assertThat(username).isIn(text, "orders");
            assertThat(password.reveal()).isIn(text, "password");
            assertThat(text.chars()).noneMatch(Character::isISOControl);
          }
          case Read.Bad(var failure) ->
              assertThat(failure.message()).contains("kafka-user").hasSizeLessThan(300);
        }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"first\n", "two\r\nlines", "tab\t", "null\0", ""})
  void aLineBreakIsNoPartOfAPassword(String password) {
    assertThat(read("orders", password)).isInstanceOf(Read.Bad.class);
  }

  @Test
  void otherContentIsToldApartAndNothingElseIsTold() {
    var first = good(read("orders", "first")).content();

    assertThat(good(read("orders", "first")).content()).isEqualTo(first);
    assertThat(good(read("orders", "second")).content()).isNotEqualTo(first);
    assertThat(good(read("others", "first")).content()).isNotEqualTo(first);
    assertThat(first).doesNotContain("first", "orders");
  }

  @Test
  void aSecretThatIsNotThereIsMissed() {
    assertThat(given.read(SERVICE, "kafka-user", Optional.empty()))
        .isInstanceOfSatisfying(
            Read.Bad.class, bad -> assertThat(bad.failure().message()).contains("create it"));
    assertThat(given.read(SERVICE, "kafka-user", Optional.of(new SecretBuilder().build())))
        .isInstanceOf(Read.Bad.class);
  }
}
