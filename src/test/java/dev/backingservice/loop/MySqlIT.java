package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Mysql;
import dev.backingservice.sandbox.Mysql.Product;
import dev.backingservice.sandbox.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A MariaDB and a MySQL server: one service moves between them.
class MySqlIT {
  private final Stage stage = new Stage();
  private Path folder;
  private MySqlServers servers;
  private Mysql blue;
  private Mysql green;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-mysql-");
    servers = new MySqlServers(stage, folder);
    blue = servers.start(Product.MARIADB_10_11, stage.blue);
    green = servers.start(Product.MYSQL_9, stage.green);
  }

  @AfterEach
  void stop() throws Exception {
    blue.close();
    green.close();
    Files.deleteIfExists(folder);
  }

  private void apply(String block, String more) {
    servers.apply(stage.service, stage.blue, block, more);
  }

  private void attached() {
    apply("database: orders", "");
    stage.eventually("Ready", "True/Ready");
  }

  private Connection session(Mysql server) throws SQLException {
    return server.login("orders", stage.bound("username"), stage.bound("password"));
  }

  @Test
  void whatIsPublishedLogsIn() throws Exception {
    // When
    attached();

    // Then
    try (var session = session(blue)) {
      session.createStatement().execute("INSERT INTO writes VALUES (1)");
    }
    var path = "/bindings/" + stage.service + "/ca.crt";
    assertThat(stage.bound("type")).isEqualTo("mysql");
    assertThat(stage.bound("provider")).isEqualTo("mariadb");
    assertThat(stage.bound("database")).isEqualTo("orders");
    assertThat(stage.bound("uri"))
        .isEqualTo(
            "mysql://%s:%s@127.0.0.1:%d/orders?ssl-mode=VERIFY_IDENTITY&ssl-ca=%s"
                .formatted(stage.bound("username"), stage.bound("password"), blue.port(), path));
    assertThat(stage.bound("jdbc-url"))
        .isEqualTo(
            "jdbc:mariadb://127.0.0.1:%d/orders?sslMode=verify-full&serverSslCert=%s"
                .formatted(blue.port(), path));
    assertThat(stage.bound("r2dbc-url")).startsWith("r2dbc:mariadb://127.0.0.1:");
    assertThat(stage.bound("ca.crt")).isEqualTo(stage.sandbox.anchor());
    assertThat(stage.secret().getType()).isEqualTo("servicebinding.io/mysql");
    var server = stage.examined(stage.blue);
    assertThat(server.getStatus().serverId()).isEqualTo(server.getMetadata().getUid());
    assertThat(server.getStatus().version()).contains("MariaDB");
    assertThat(stage.condition("Fenced")).isEqualTo("True/Fenced");

    // When
    stage.patch("{\"spec\":{\"mysql\":{\"driver\":\"MySQL\"}}}");

    // Then
    stage.eventually(
        () ->
            assertThat(stage.bound("jdbc-url"))
                .isEqualTo(
                    "jdbc:mysql://127.0.0.1:%d/orders?sslMode=VERIFY_IDENTITY"
                        .formatted(blue.port())));
    stage.eventually(
        () -> assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed"));
  }

  @Test
  void aSwapToAnotherProductUnderAWriterLosesNothingAndWritesNothingAfterTheCut() throws Exception {
    // Given
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    apply("database: orders", "  workloads: [{kind: Deployment, name: orders}]");
    stage.eventually("RolledOut", "True/RolledOut");
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
    assertThat(stage.bound("provider")).isEqualTo("mysql");
    assertThat(stage.status().swap().fence().result()).isEqualTo("Verified");
    assertThat(stage.status().swap().fence().sessionsEnded()).isPositive();
    assertThat(stage.status().swap().cutPosition()).isNotEmpty();
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
    assertThat(catchLogin(blue, old, password)).isEqualTo(4151);
  }

  private static int catchLogin(Mysql server, String user, String password) {
    try (var session = server.login("", user, password)) {
      return session.isValid(1) ? 0 : -1;
    } catch (SQLException e) {
      return e.getErrorCode();
    }
  }

  @Test
  void aReplicaOrAnEmptyTargetIsRefusedBeforeAnythingChanges() throws Exception {
    // Given
    attached();
    green.execute("SET GLOBAL read_only = ON");

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually("Provisioned", "False/ServerReadOnly");

    // When
    green.execute("SET GLOBAL read_only = OFF", "DROP TABLE orders.writes");

    // Then
    stage.eventually("Provisioned", "False/DatabaseDiffers");
    try (var session = session(blue)) {
      session.createStatement().execute("INSERT INTO writes VALUES (1)");
    }
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);
  }

  @Test
  void anAccountThatWasAlteredIsPutBack() throws Exception {
    // Given
    attached();

    // When
    blue.execute(
        "REVOKE DELETE ON orders.* FROM `%s`@`%%`".formatted(stage.bound("username")),
        "ALTER USER `%s`@`%%` REQUIRE NONE".formatted(stage.bound("username")));
    stage.patch("{\"spec\":{\"swap\":{\"retainOld\":\"23h\"}}}"); // an event

    // Then
    stage.eventually(
        () ->
            assertThat(blue.ask("SHOW CREATE USER `%s`@`%%`".formatted(stage.bound("username"))))
                .contains("REQUIRE SSL"));
    try (var session = session(blue)) {
      session.createStatement().execute("DELETE FROM writes");
    }
  }

  /// Its marks lie with the operator.
  @Test
  void whoMayOnlyMakeAccountsAdministersAllTheSame() throws Exception {
    // Given
    var least = stage.namespace + "-least";
    servers.least(blue, least);
    servers.apply(stage.service, least, "database: orders", "");
    stage.eventuallyOn(least);
    stage.eventually("Ready", "True/Ready");
    assertThat(
            stage
                .sandbox
                .admin()
                .configMaps()
                .inNamespace("backing-service-operator")
                .withName("backingservice-claims-" + least)
                .get()
                .getData())
        .containsKey(stage.bound("username"));

    // When
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Fenced", "True/Fenced");
    assertThat(stage.status().swap().fence().result()).isEqualTo("Verified");
  }

  @Test
  void twoNamesOfOneServerAreOne() throws Exception {
    // Given
    attached();
    var alias = stage.namespace + "-alias";
    servers.register(alias, blue.port(), Mysql.ADMIN, Mysql.ADMIN_PASSWORD);

    // When
    try (var session = session(blue)) {
      stage.swap(alias);

      // Then
      stage.eventuallyOn(alias);
      stage.eventually("Ready", "True/Ready");
    }
    assertThat(stage.status().history().getFirst().reason()).isEqualTo("Repointed");
  }

  @Test
  void aDatabaseIsCreatedAndGoesWithItsService() throws Exception {
    // Given
    blue.admitted("made");

    // When
    apply("database: made, createDatabase: IfMissing", "  deletionPolicy: Delete");

    // Then
    stage.eventually("Ready", "True/Ready");
    var login = stage.bound("username");
    assertThat(blue.ask("SHOW DATABASES LIKE 'made'")).isEqualTo("made");

    // When
    stage.sandbox.delete(stage.namespace, stage.service);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(blue.ask("SHOW DATABASES LIKE 'made'")).isEmpty();
    assertThat(blue.ask("SELECT COUNT(*) FROM mysql.user WHERE User = '%s'".formatted(login)))
        .isEqualTo("0");
  }

  @Test
  void whoIsDetachedIsFencedAndComesBack() throws Exception {
    // Given
    attached();
    var login = stage.bound("username");
    var password = stage.bound("password");
    try (var session = session(blue)) {
      // When
      stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

      // Then
      stage.eventually("Ready", "False/Detached");
      assertThat(session.isValid(1)).isFalse();
    }
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    assertThat(catchLogin(blue, login, password)).isIn(4151, 1045);

    // When
    stage.patch("{\"spec\":{\"state\":\"Attached\"}}");

    // Then
    stage.eventually("Ready", "True/Ready");
    try (var session = session(blue)) {
      assertThat(session.isValid(1)).isTrue();
    }
  }
}
