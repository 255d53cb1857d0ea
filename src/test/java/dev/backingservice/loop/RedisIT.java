package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Ports;
import dev.backingservice.sandbox.Redis;
import dev.backingservice.sandbox.Redis.Product;
import dev.backingservice.sandbox.Writer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A Redis and a Valkey server: one service moves between them.
class RedisIT {
  private final Stage stage = new Stage();
  private Path folder;
  private Redis blue;
  private Redis green;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-redis-");
    blue = server(Product.REDIS_7, stage.blue);
    green = server(Product.VALKEY_8, stage.green);
  }

  @AfterEach
  void stop() throws Exception {
    blue.close();
    green.close();
    Files.deleteIfExists(folder);
  }

  private Redis server(Product product, String name) throws Exception {
    var redis = Redis.start(product, name, folder, stage.sandbox.pki());
    register(name, redis.port());
    return redis;
  }

  private void register(String name, int port) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", stage.sandbox.anchor()));
    stage.sandbox.secret(
        name + "-admin", Map.of("username", Redis.ADMIN, "password", Redis.ADMIN_PASSWORD));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: Redis
          host: 127.0.0.1
          port: %2$d
          admin: {secretName: %1$s-admin}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(name, port));
  }

  private void apply(String more) {
    apply("", more);
  }

  private void apply(String block, String more) {
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          redis: {keyPrefix: "orders:"%s}
        %s
        """
            .formatted(stage.service, stage.namespace, stage.blue, block, more));
  }

  private void attached() {
    apply("");
    stage.eventually("Ready", "True/Ready");
  }

  private Redis.Session session(Redis server) throws IOException {
    return server.session(stage.bound("username"), stage.bound("password"));
  }

  @Test
  void whatIsPublishedLogsIn() throws Exception {
    // When
    attached();

    // Then
    try (var session = session(blue)) {
      assertThat(session.ask("SET", "orders:1", "x")).isEqualTo("+OK");
      assertThat(session.ask("SET", "carts:1", "x")).startsWith("-NOPERM");
    }
    var uri =
        "rediss://%s:%s@127.0.0.1:%d/0"
            .formatted(stage.bound("username"), stage.bound("password"), blue.port());
    assertThat(stage.bound("uri")).isEqualTo(uri);
    assertThat(stage.bound("url")).isEqualTo(uri);
    assertThat(stage.bound("ssl")).isEqualTo("true");
    assertThat(stage.bound("key-prefix")).isEqualTo("orders:");
    assertThat(stage.bound("type")).isEqualTo("redis");
    assertThat(stage.bound("provider")).isEqualTo("redis");
    assertThat(stage.bound("ca.crt")).isEqualTo(stage.sandbox.anchor());
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/redis");
    var server = stage.examined(stage.blue);
    assertThat(server.getStatus().serverId()).isEqualTo(server.getMetadata().getUid());
    assertThat(server.getStatus().findings()).isNullOrEmpty();
  }

  @Test
  void aSwapToAnotherProductUnderAWriterLosesNothingAndWritesNothingAfterTheCut() throws Exception {
    // Given
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    apply("  workloads: [{kind: Deployment, name: orders}]");
    stage.eventually("RolledOut", "True/RolledOut");
    assertThat(
            stage.template().getSpec().getContainers().getFirst().getEnv().stream()
                .map(e -> e.getName()))
        .contains("REDIS_URL");
    try (var client = stage.sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, stage.namespace, stage.service, 4)) {
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(200));

      // When
      stage.swap(stage.green);

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("RolledOut", "True/RolledOut");
      int before = writer.ledger().size();
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 200));
      writer.close();
      var verdict = Ledger.judge(writer, blue, green);
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
      assertThat(verdict.onNew()).isPositive();
    }
    assertThat(stage.condition("Fenced")).isEqualTo("True/Fenced");
    assertThat(stage.bound("provider")).isEqualTo("valkey");
    assertThat(stage.status().swap().fence().result()).isEqualTo("Verified");
  }

  @Test
  void aDeadServerIsLeftAndFencedWhenItIsBack() throws Exception {
    // Given
    attached();
    var old = stage.bound("username");
    var password = stage.bound("password");
    blue.stop();

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Fenced", "False/OldServerUnreachable");

    // When
    blue.start();

    // Then
    stage.eventually("Fenced", "True/Fenced");
    assertThat(blue.ask(old, password, "PING")).startsWith("-WRONGPASS");
  }

  @Test
  void aReplicaIsRefusedBeforeAnythingChanges() throws Exception {
    // Given
    attached();
    green.root("REPLICAOF", "127.0.0.1", "" + Ports.free());

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/ServerReadOnly");
    try (var session = session(blue)) {
      assertThat(session.ask("SET", "orders:1", "x")).isEqualTo("+OK");
    }

    // When
    green.root("REPLICAOF", "NO", "ONE");

    // Then
    stage.eventuallyOn(stage.green);
  }

  @Test
  void keysThatHaveToOutliveASwapAreAskedFor() throws Exception {
    // Given
    for (var server : List.of(blue, green)) server.root("ACL", "SETUSER", Redis.ADMIN, "+scan");
    for (int i = 0; i < 10; i++) blue.root("SET", "orders:" + i, "x");
    apply(", contents: Durable", "  deletionPolicy: Delete");
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().inventory().relations()).isEqualTo(10);

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/DatabaseDiffers");
    assertThat(stage.message("Provisioned")).contains("holds 0 where 10 were");

    // When the old server cannot be asked any more, and some of the keys were copied
    blue.stop();
    for (int i = 0; i < 4; i++) green.root("SET", "orders:" + i, "x");

    // Then
    stage.eventually(
        () -> assertThat(stage.message("Provisioned")).contains("holds 4 where 10 were"));

    // When
    green.root("SET", "orders:5", "x");

    // Then
    stage.eventuallyOn(stage.green);
  }

  @Test
  void aServerThatForgotItsAccountsIsGivenThemAgain() throws Exception {
    // Given
    attached();
    blue.root("ACL", "DELUSER", stage.bound("username"));

    // When
    stage.patch("{\"spec\":{\"swap\":{\"retainOld\":\"23h\"}}}"); // an event

    // Then
    stage.eventually(
        () ->
            assertThat(blue.ask(stage.bound("username"), stage.bound("password"), "PING"))
                .isEqualTo("+PONG"));
  }

  @Test
  void twoNamesOfOneServerAreOne() throws Exception {
    // Given
    attached();
    var alias = stage.namespace + "-alias";
    register(alias, blue.port());

    // When
    stage.swap(alias);

    // Then
    stage.eventuallyOn(alias);
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
  }

  @Test
  void whoIsDetachedIsFencedAndComesBackAndIsForgottenAtLast() throws Exception {
    // Given
    attached();
    var login = stage.bound("username");
    var password = stage.bound("password");
    try (var session = session(blue)) {
      // When
      stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

      // Then
      stage.eventually("Ready", "False/Detached");
      assertThat(blue.ask(login, password, "PING")).startsWith("-WRONGPASS");
      assertThat(session).isNotNull();
    }

    // When
    stage.patch("{\"spec\":{\"state\":\"Attached\",\"deletionPolicy\":\"Delete\"}}");
    stage.eventually("Ready", "True/Ready");
    var again = stage.bound("username");
    stage.sandbox.delete(stage.namespace, stage.service);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(blue.root("ACL", "GETUSER", again)).isIn("*-1", "_", "$-1");
  }
}
