package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Redis;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Servers of any protocol, whose accounts somebody else makes: real ones, Redis among them, which
/// the operator does not know as such.
class GenericIT {
  private final Stage stage = new Stage();
  private Path folder;
  private Redis blue;
  private Redis green;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-generic-");
    blue = server(stage.blue);
    green = server(stage.green);
    for (var server : List.of(blue, green)) {
      server.account("orders", "first");
      server.account("orders", "second");
      server.account("successor", "third");
    }
    hand("orders", "first");
  }

  @AfterEach
  void stop() throws Exception {
    blue.close();
    green.close();
    Files.deleteIfExists(folder);
  }

  private Redis server(String name) throws Exception {
    var redis = Redis.start(name, folder, stage.sandbox.pki());
    register(name, redis.port());
    return redis;
  }

  private void register(String name, int port) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: Generic
          host: 127.0.0.1
          port: %2$d
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(name, port));
  }

  /// What the tenant hands over.
  private void hand(String username, String password) {
    stage
        .sandbox
        .admin()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("cache-user")
                .withNamespace(stage.namespace)
                .endMetadata()
                .withStringData(Map.of("username", username, "password", password))
                .build())
        .serverSideApply();
  }

  private void takeAway() {
    stage.sandbox.admin().secrets().inNamespace(stage.namespace).withName("cache-user").delete();
  }

  private void apply(String more) {
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          rotation: {overlap: 0s}
          generic:
            type: kv
            credentialsSecretName: cache-user
            entries: {uri: "rediss://{username:pct}:{password:pct}@{host}:{port}", sasl.mechanism: PLAIN}
        %s
        """
            .formatted(stage.service, stage.namespace, stage.blue, more));
  }

  private void attached() {
    apply("");
    stage.eventually("Ready", "True/Ready");
  }

  private String answer(Redis by) {
    return by.ask(stage.bound("username"), stage.bound("password"), "PING");
  }

  @Test
  void whatIsHandedOverIsPublishedWithTheServerItIsFor() {
    // When
    attached();

    // Then
    assertThat(answer(blue)).isEqualTo("+PONG");
    assertThat(stage.bound("uri"))
        .isEqualTo("rediss://orders:first@127.0.0.1:%d".formatted(blue.port()));
    assertThat(stage.bound("type")).isEqualTo("kv");
    assertThat(stage.bound("provider")).isEqualTo("generic");
    assertThat(stage.bound("sasl.mechanism")).isEqualTo("PLAIN");
    assertThat(stage.bound("ca.crt")).isEqualTo(stage.sandbox.anchor());
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/kv");
    assertThat(stage.status().active().login()).isEqualTo("orders");
    assertThat(stage.status().access()).isNull();
    assertThat(stage.condition("Fenced")).isEqualTo("True/Fenced");
    assertThat(stage.sandbox.serverCondition(stage.blue, "Ready")).isEqualTo("True/Ready");
  }

  @Test
  void newContentOfTheSecretIsANewEpoch() {
    // Given
    attached();

    // When
    hand("orders", "second");

    // Then
    stage.eventually(() -> assertThat(stage.bound("password")).isEqualTo("second"));
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Rotated");
    assertThat(answer(blue)).isEqualTo("+PONG");

    // When
    hand("successor", "third");

    // Then
    stage.eventually(() -> assertThat(stage.status().active().login()).isEqualTo("successor"));
    stage.eventually("Fenced", "Unknown/NotSupported");
    assertThat(stage.message("Fenced")).contains("withdraw it at the provider");
  }

  @Test
  void whateverTheBlockSaysIsPublishedInANewEpoch() {
    // Given
    attached();

    // When
    stage.patch(
        "{\"spec\":{\"generic\":{\"type\":\"cache\",\"entries\":{\"user\":\"{username}\"}}}}");

    // Then
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/cache");
    assertThat(stage.bound("type")).isEqualTo("cache");
    assertThat(stage.bound("user")).isEqualTo("orders");
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
  }

  @Test
  void anEditMovesTheBindingThoughNobodyCanFence() {
    // Given
    attached();

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.bound("port")).isEqualTo("" + green.port());
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Swapped");
    assertThat(stage.status().history().getFirst().fence()).isEqualTo("NotSupported");
    assertThat(stage.condition("Fenced")).isEqualTo("Unknown/NotSupported");
    assertThat(stage.message("Fenced")).contains(stage.blue);
  }

  @Test
  void aServerThatIsDeadOrHangsIsLeftAtOnce() throws Exception {
    // Given
    attached();

    // When
    try (var _ = blue.frozen()) {
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
    }

    // When
    green.stop();
    stage.swap(stage.blue);

    // Then
    stage.eventuallyOn(stage.blue);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().debts()).isNull();
  }

  @Test
  void aSecretThatIsMissingOrUnfitIsSaidAndTheLastGoodBindingStays() {
    // Given
    takeAway();
    apply("");
    stage.eventually("Provisioned", "False/CredentialsMissing");
    assertThat(stage.secret()).isNull();

    // When
    hand("orders", "first");

    // Then
    stage.eventually("Ready", "True/Ready");

    // When
    hand("orders", "first\n");

    // Then
    stage.eventually("Provisioned", "False/CredentialsMissing");
    assertThat(stage.message("Provisioned")).contains("control characters");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(stage.bound("password")).isEqualTo("first");

    // When
    takeAway();

    // Then
    stage.eventually(() -> assertThat(stage.message("Provisioned")).contains("does not exist"));
    assertThat(answer(blue)).isEqualTo("+PONG");
  }

  @Test
  void aPortThatSpeaksAnotherProtocolIsSaidToDoSo() {
    // Given
    var plain = stage.namespace + "-plain";
    register(plain, stage.sandbox.database(plain, 14).port());

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(plain, "Reachable"))
                .isEqualTo("False/ProtocolMismatch"));
  }

  @Test
  void nothingIsOwedByWhoeverKeepsItsAccountsItself() throws Exception {
    // Given
    attached();
    blue.stop();

    // When
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

    // Then
    stage.eventually("Ready", "False/Detached");
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    assertThat(stage.condition("Fenced")).isEqualTo("Unknown/NotSupported");

    // When
    stage.sandbox.delete(stage.namespace, stage.service);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isZero();
  }
}
