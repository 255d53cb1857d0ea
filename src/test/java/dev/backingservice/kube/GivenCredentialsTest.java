package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.HostileTexts;
import dev.backingservice.kube.GivenCredentials.Read;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.SwapPolicy;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
  @ValueSource(strings = {"first\n", "two\r\nlines", "tab\t", "null\0", "\u202eturned", ""})
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
  void whatTheOperatorPublishedIsNotHandedOverOnceMore() {
    var binding =
        new SecretBuilder(secret("orders", "first"))
            .withNewMetadata()
            .addNewOwnerReference()
            .withKind("BackingService")
            .withName("events")
            .endOwnerReference()
            .endMetadata()
            .build();

    assertThat(given.read(SERVICE, "events", Optional.of(binding)))
        .isInstanceOfSatisfying(
            Read.Bad.class, bad -> assertThat(bad.failure().message()).contains("is a binding"));
  }

  @Test
  void aCertificateNamesNobodyElsesLogin() {
    var at =
        new Attachment(
            new Place("blue", new Scope.Whole()), "uid", "postgres", Access.ReadWrite, 1);
    var passwords = new Passwords(new RootKey(new byte[32]), given);

    assertThat(passwords.certified(SERVICE, Optional.of(intent("kafka-user")), at))
        .startsWith("given_")
        .hasSizeLessThan(64)
        .doesNotContain("postgres");
    assertThat(passwords.certified(SERVICE, Optional.empty(), at)).isEqualTo("postgres");
  }

  private static Intent intent(String secret) {
    return new Intent(
        EngineKind.Generic,
        new Place("blue", new Scope.Whole()),
        new Credentials.Given(secret),
        Intent.State.Attached,
        Access.ReadWrite,
        new Intent.Limits(1, Duration.ZERO),
        Intent.CreateDatabase.Never,
        true,
        new BindingShape("events", "events", "/bindings", Map.of(), Map.of(), "", true, List.of()),
        List.of(),
        Intent.Rollout.Restart,
        new SwapPolicy(
            Duration.ZERO,
            Duration.ZERO,
            SwapPolicy.IfUnreachable.Proceed,
            SwapPolicy.IfNotDrained.Abort,
            Duration.ZERO,
            Duration.ZERO,
            SwapPolicy.Sequences.Compare),
        Duration.ofHours(1),
        Intent.DeletionPolicy.Retain);
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
