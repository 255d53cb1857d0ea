package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Books;
import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Mysql;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postfix;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Rabbitmq;
import dev.backingservice.sandbox.Redis;
import dev.backingservice.sandbox.Writer;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The page `twelve-factor.md`: one manifest of an application, and servers that have nothing in
/// common but their engine.
class TwelveFactorIT {
  private final Stage stage = new Stage();
  private final Pki local = new Pki();
  private final Pki thirdParty = new Pki();
  private Path folder;

  @BeforeEach
  void folder() throws Exception {
    folder = Files.createTempDirectory("backing-twelve-");
  }

  @AfterEach
  void clean() throws Exception {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }

  /// A server that is running, with its administrator.
  private interface Start {
    Books begin(Path folder, String name, Pki pki) throws Exception;
  }

  /// What moves from where to where.
  private enum Move {
    POSTGRESQL("PostgreSQL", "postgresql: {database: orders}", postgres(14), postgres(18)),
    MYSQL(
        "MySQL",
        "mysql: {database: orders}",
        mysql(Mysql.Product.MARIADB_10_11),
        mysql(Mysql.Product.MYSQL_9)),
    REDIS(
        "Redis",
        "redis: {keyPrefix: 'orders:'}",
        (folder, name, pki) -> Redis.start(Redis.Product.REDIS_7, name, folder, pki),
        (folder, name, pki) -> Redis.start(Redis.Product.VALKEY_8, name, folder, pki)),
    RABBITMQ(
        "RabbitMQ",
        "rabbitmq: {prefix: orders-}",
        broker(Rabbitmq.Product.RABBITMQ_3),
        broker(Rabbitmq.Product.RABBITMQ_4)),
    SMTP(
        "SMTP",
        "smtp: {sender: orders@example.org, credentialsSecretName: mail-user}",
        Move::relay,
        Move::relay) {
      @Override
      boolean fences() {
        return false;
      }
    };

    private final String engine;
    private final String block;
    private final Start from;
    private final Start to;

    Move(String engine, String block, Start from, Start to) {
      this.engine = engine;
      this.block = block;
      this.from = from;
      this.to = to;
    }

    /// Whether its accounts are made by the operator.
    boolean fences() {
      return true;
    }

    private static Start broker(Rabbitmq.Product product) {
      return (folder, name, pki) -> {
        var broker = Rabbitmq.start(product, name, folder, pki);
        broker.queue("/", Rabbitmq.WRITES);
        broker.settle();
        return broker;
      };
    }

    private static Books relay(Path folder, String name, Pki pki) throws Exception {
      var relay = Postfix.start(name, folder, pki);
      relay.account(Postfix.USER, "of-the-provider");
      return relay;
    }

    private static Start postgres(int major) {
      return (folder, name, pki) ->
          Stage.tables(Postgres.start(name, major, folder, pki).withDatabase("orders"));
    }

    private static Start mysql(Mysql.Product product) {
      return (folder, name, pki) -> {
        var mysql = Mysql.start(product, name, folder, pki);
        mysql.withDatabase("orders");
        mysql.execute("CREATE TABLE orders.writes (id BIGINT PRIMARY KEY)");
        return mysql;
      };
    }
  }

  private void register(String name, Move move, String host, Books server, Pki pki) {
    stage.sandbox.secret(name + "-ca", Map.of("ca.crt", pki.anchor()));
    stage.sandbox.secret(
        name + "-admin",
        Map.of("username", Postgres.ADMIN, "password", "administrator-of-the-sandbox"));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: %2$s
          host: %3$s
          port: %4$d%5$s
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
          posture: {refuse: Nothing}
        """
            .formatted(name, move.engine, host, server.port(), administrator(name, move, server)));
  }

  private static String administrator(String name, Move move, Books server) {
    if (!move.fences()) return "";
    var endpoint = server.administration();
    return (endpoint.isEmpty() ? "\n  admin:" : endpoint) + "\n    secretName: " + name + "-admin";
  }

  /// The account that the provider of a relay made.
  private void handOver() {
    stage
        .sandbox
        .admin()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("mail-user")
                .withNamespace(stage.namespace)
                .endMetadata()
                .withStringData(Map.of("username", Postfix.USER, "password", "of-the-provider"))
                .build())
        .serverSideApply();
  }

  private void apply(Move move) {
    handOver();
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: %s, namespace: %s}
        spec:
          server: %s
          %s
          workloads: [{kind: Deployment, name: orders}]
        """
            .formatted(stage.service, stage.namespace, stage.blue, move.block));
    stage.eventually("RolledOut", "True/RolledOut");
  }

  @ParameterizedTest
  @EnumSource
  void oneEditMovesTheApplicationToAThirdParty(Move move) throws Exception {
    // Given
    try (var from = (AutoCloseable) move.from.begin(folder, "local", local);
        var to = (AutoCloseable) move.to.begin(folder, "third-party", thirdParty)) {
      register(stage.blue, move, "127.0.0.1", (Books) from, local);
      register(stage.green, move, "localhost", (Books) to, thirdParty);
      apply(move);
      var image = stage.template().getSpec().getContainers().getFirst().getImage();
      try (var client = stage.sandbox.plane().client(ControlPlane.User.Admin);
          var writer = Writer.start(client, stage.namespace, stage.service, 2)) {
        stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(100));

        // When
        stage.swap(stage.green);

        // Then
        stage.eventuallyOn(stage.green);
        stage.eventually("RolledOut", "True/RolledOut");
        int before = writer.ledger().size();
        stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 100));
        writer.close();
        var verdict = Ledger.judge(writer, (Books) from, (Books) to);
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.onOldAfterCut()).isZero();
      }
      assertThat(stage.bound("host")).isEqualTo("localhost");
      assertThat(stage.bound("ca.crt")).isEqualTo(thirdParty.anchor());
      assertThat(stage.template().getSpec().getContainers().getFirst().getImage()).isEqualTo(image);
      assertThat(stage.condition("Fenced"))
          .isEqualTo(move.fences() ? "True/Fenced" : "Unknown/NotSupported");
    }
  }

  @Test
  void aServerThatHangsIsDetachedAndARestoredOneAttached() throws Exception {
    // Given
    var move = Move.MYSQL;
    try (var old = (Mysql) move.from.begin(folder, "local", local);
        var restored = (Mysql) move.to.begin(folder, "restored", thirdParty)) {
      register(stage.blue, move, "127.0.0.1", old, local);
      register(stage.green, move, "localhost", restored, thirdParty);
      apply(move);
      var login = stage.bound("username");
      var password = stage.bound("password");
      old.execute("INSERT INTO orders.writes VALUES (1), (2)");
      for (var id : old.written())
        restored.execute("INSERT INTO orders.writes VALUES (%d)".formatted(id));
      try (var _ = old.frozen()) {
        // When
        stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

        // Then
        stage.eventually("Ready", "False/Detached");
        stage.eventually(() -> assertThat(stage.secret()).isNull());

        // When
        stage.patch("{\"spec\":{\"state\":\"Attached\",\"server\":\"%s\"}}".formatted(stage.green));

        // Then
        stage.eventuallyOn(stage.green);
        stage.eventually("Ready", "True/Ready");
        assertThat(stage.condition("Fenced")).isEqualTo("False/OldServerUnreachable");
      }
      stage.eventually("Fenced", "True/Fenced");
      assertThat(error(old, login, password)).isEqualTo(4151);
      try (var session =
          restored.login("orders", stage.bound("username"), stage.bound("password"))) {
        assertThat(session.isValid(1)).isTrue();
      }
      assertThat(restored.written()).containsExactlyInAnyOrder(1L, 2L);
    }
  }

  private static int error(Mysql server, String user, String password) {
    try (var session = server.login("", user, password)) {
      return session.isValid(1) ? 0 : -1;
    } catch (SQLException e) {
      return e.getErrorCode();
    }
  }
}
