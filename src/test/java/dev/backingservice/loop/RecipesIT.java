package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.kube.Secrets;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Restores and migrations as the documentation describes them.
class RecipesIT {
  /// The release whose dumps the system's own programs can read.
  private static final int MAJOR = 14;

  private static final String OWNERS =
      "SELECT rolname FROM pg_roles WHERE rolname ~ '^bs_[0-9a-f]{16}_.*_owner$'";

  @Test
  void aDumpIsRestoredInTheNameOfTheOwners(@TempDir Path files) throws Exception {
    // Given
    var stage = new Stage();
    var blue = Stage.tables(server(stage, stage.blue));
    var green = server(stage, stage.green);
    stage.attached(stage.blue, "access: Owner");
    try (var session = stage.session(blue)) {
      session.createStatement().execute("INSERT INTO writes VALUES (1)");
    }

    // When
    stage.annotate("backingservice.dev/prepare", stage.green);
    stage.eventually(() -> assertThat(green.ask("postgres", OWNERS)).isNotNull());
    var owners = green.ask("postgres", OWNERS);
    var dump = files.resolve("orders.dump").toString();
    run("pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", dump, "-d", where(blue));
    run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--role=" + owners,
        "-d",
        where(green),
        dump);
    stage.swap(stage.green);

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    try (var session = stage.session(green);
        var statement = session.createStatement()) {
      statement.execute("INSERT INTO writes VALUES (2)");
      statement.execute("ALTER TABLE writes ADD COLUMN note text");
    }
    assertThat(green.written()).containsExactlyInAnyOrder(1L, 2L);
  }

  /// As the documentation says of this release.
  private static Postgres server(Stage stage, String name) throws Exception {
    var server = stage.sandbox.database(name, MAJOR).withDatabase("orders");
    server.execute("postgres", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    stage.sandbox.register(name, server.port());
    return server;
  }

  private static String where(Postgres server) {
    return "host=127.0.0.1 port=%d dbname=orders user=postgres".formatted(server.port());
  }

  private static void run(String... command) throws Exception {
    Processes.run(
        List.of(
            "operator/sandbox/packages.sh",
            "pg_dump=postgresql-client",
            "pg_restore=postgresql-client"));
    Processes.run(List.of(command));
  }

  @Test
  void tablesThatBelongToSomebodyElseAreReassigned() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    blue.execute(
        "orders",
        "CREATE ROLE legacy NOLOGIN",
        "CREATE TABLE invoices (id bigint)",
        "ALTER TABLE invoices OWNER TO legacy",
        "GRANT legacy TO bs_admin");
    stage.attached(stage.blue, "access: Owner");

    // When
    blue.execute(
        "orders", "REASSIGN OWNED BY legacy TO \"%s\"".formatted(blue.ask("postgres", OWNERS)));

    // Then
    try (var session = stage.session(blue)) {
      session.createStatement().execute("ALTER TABLE invoices ADD COLUMN paid boolean");
    }
  }

  @Test
  void migrationsOfAnOwnerAreUsedByOthersAtOnce(@TempDir Path files) throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "access: Owner");
    stage.sandbox.develop(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: reports, namespace: %s}
        spec: {server: %s, access: ReadOnly, postgresql: {database: orders}}
        """
            .formatted(stage.namespace, stage.blue));
    stage.eventually(
        () ->
            assertThat(stage.sandbox.condition(stage.namespace, "reports", "Ready"))
                .isEqualTo("True/Ready"));
    var url = "jdbc:postgresql://127.0.0.1:%d/orders?sslmode=require".formatted(blue.port());

    // When
    Files.writeString(files.resolve("V1__flights.sql"), "CREATE TABLE flights (id bigserial)");
    Flyway.configure()
        .dataSource(url, stage.bound("username"), stage.bound("password"))
        .locations("filesystem:" + files)
        .baselineOnMigrate(true) // the schema is not empty
        .baselineVersion("0")
        .load()
        .migrate();
    Files.writeString(
        files.resolve("changes.sql"),
        """
        --liquibase formatted sql
        --changeset team:1
        CREATE TABLE trains (id bigserial)
        """);
    try (var connection =
            DriverManager.getConnection(url, stage.bound("username"), stage.bound("password"));
        var accessor = new DirectoryResourceAccessor(files)) {
      var database =
          DatabaseFactory.getInstance()
              .findCorrectDatabaseImplementation(new JdbcConnection(connection));
      new Liquibase("changes.sql", accessor, database).update("");
    }

    // Then
    var reports =
        stage.sandbox.admin().secrets().inNamespace(stage.namespace).withName("reports").get();
    var user = Secrets.text(reports, "username").orElseThrow();
    var password = Secrets.text(reports, "password").orElseThrow();
    try (var session = blue.login("orders", user, password);
        var statement = session.createStatement()) {
      assertThat(statement.executeQuery("SELECT count(*) FROM flights").next()).isTrue();
      assertThat(statement.executeQuery("SELECT count(*) FROM trains").next()).isTrue();
    }
  }
}
