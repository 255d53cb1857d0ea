package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Relay;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Edits that must not be taken up: nothing changes, `Available` stays True, the condition says
/// why.
class RefusalIT {

  private static final String ADMINISTRATORS =
      "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s'".formatted(Postgres.ADMIN);

  @Test
  void aTargetThatDoesNotAnswer() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.register(stage.green, 1);
    refused(stage, "Provisioned", "ServerUnreachable");
  }

  @Test
  void aTargetWhoseNameNobodyKnows() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.credentials(stage.green);
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: nowhere.invalid
          admin: {secretName: %1$s-admin}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(stage.green));
    refused(stage, "Provisioned", "ServerUnreachable");
    assertThat(stage.message("Provisioned")).contains("no address is known for its name");
  }

  @Test
  void aTargetThatDoesNotExist() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    refused(stage, "Accepted", "ServerNotAvailable");
    assertThat(stage.message("Accepted"))
        .contains(stage.green)
        .contains("does not exist or does not admit");
  }

  @Test
  void aTargetThatDoesNotAdmitTheNamespace() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.server(stage.green);
    stage.sandbox.register(
        stage.green, stage.sandbox.postgres(stage.green).port(), "allowedNamespaces: {from: None}");
    refused(stage, "Accepted", "ServerNotAvailable");
  }

  /// Whoever guesses names learns nothing.
  @Test
  void aServerThatDoesNotAdmitTheNamespaceLooksLikeOneThatDoesNotExist() throws Exception {
    // Given
    var stage = new Stage();
    var closed = "allowedNamespaces: {from: None}";
    stage.sandbox.server(stage.blue, 17);
    stage.sandbox.register(stage.blue, stage.sandbox.postgres(stage.blue).port(), closed);
    stage.sandbox.register(stage.green, 1, closed);
    for (var name : List.of(stage.blue, stage.green))
      stage.eventually(
          () -> assertThat(stage.sandbox.serverCondition(name, "Reachable")).isNotEmpty());

    // When
    var told = new ArrayList<String>();
    for (var name : List.of(stage.blue, stage.green, stage.namespace + "-none")) {
      stage.apply(name, "");
      stage.eventually(
          () ->
              assertThat(stage.message("Accepted")).contains("server " + name + " does not exist"));
      told.add(
          Serialization.asYaml(stage.status().conditions())
              .replace(name, "x")
              .replaceAll("\\d", ""));
    }

    // Then
    assertThat(Set.copyOf(told)).hasSize(1);
  }

  @Test
  void aDatabaseOfAnotherNamespaceIsNotReadForWhoeverNamesIt() throws Exception {
    // Given
    var theirs = new Stage();
    var blue = theirs.server(theirs.blue);
    theirs.attached(theirs.blue, "");
    blue.withDatabase("mine");
    blue.execute("mine", "CREATE TABLE guessed (id int)", "ALTER TABLE guessed OWNER TO bs_admin");
    var stage = new Stage();
    stage.apply(theirs.blue, "access: ReadWrite");
    stage.eventually("Ready", "False/ServerNotAvailable");
    stage.patch("{\"spec\":{\"postgresql\":{\"database\":\"mine\"}}}");
    stage.eventually("Ready", "True/Ready");

    // When
    stage.patch("{\"spec\":{\"postgresql\":{\"database\":\"orders\"}}}");

    // Then
    stage.eventually("Ready", "False/ServerNotAvailable");
    assertThat(stage.message("Ready"))
        .contains("belongs to another namespace")
        .doesNotContain("guessed");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
  }

  @Test
  void anotherSchemaOfTheSameServerThatLacksTheTables() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    blue.execute("orders", "CREATE SCHEMA orders_tmp AUTHORIZATION bs_admin");
    stage.attached(stage.blue, "");

    // When
    stage.patch("{\"spec\":{\"postgresql\":{\"schema\":\"orders_tmp\"}}}");

    // Then
    stage.eventually("Provisioned", "False/DatabaseDiffers");
    assertThat(stage.message("Provisioned")).contains("lacks writes");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");

    // When
    blue.execute(
        "orders",
        "CREATE TABLE orders_tmp.writes (id bigint)",
        "ALTER TABLE orders_tmp.writes OWNER TO bs_admin");

    // Then
    stage.eventually(() -> assertThat(stage.bound("username")).endsWith("_b"));
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void aTargetWhoseCertificateIsNotTrusted() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.server(stage.green);
    stage.sandbox.secret(stage.green + "-ca", Map.of("ca.crt", new Pki().anchor()));
    stage.sandbox.touch(stage.green);
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.green, "Reachable"))
                .isEqualTo("False/CertificateNotTrusted"));
    refused(stage, "Provisioned", "CertificateNotTrusted");
  }

  @Test
  void aTargetWithoutTheDatabase() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.server(stage.green, 17);
    refused(stage, "Provisioned", "DatabaseMissing");
  }

  @Test
  void aTargetWithAnotherSchemasContentsUntilSomebodySaysThatItIsRight() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.sandbox.server(stage.green, 17).withDatabase("orders");
    refused(stage, "Provisioned", "DatabaseDiffers");
    assertThat(stage.message("Provisioned")).contains("lacks writes");

    // When
    stage.annotate("backingservice.dev/accept-data", stage.green);

    // Then
    stage.eventuallyOn(stage.green);
  }

  @Test
  void aStandbyThatWasNotPromotedAndThenAPromotedTwinBesideALivingPrimary() throws Exception {
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    Postgres green = stage.sandbox.standby(blue, stage.green);
    stage.swap(stage.green);
    stage.eventually("Provisioned", "False/ServerReadOnly");

    // When
    green.promote();

    // Then
    stage.eventually("Provisioned", "False/ServersDiverged");
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);
    stage.eventually("Available", "True/Available");

    // When
    var login = stage.bound("username");
    blue.stop();

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    assertThat(Stage.canLogin(green, login)).as("the copied login of the old epoch").isFalse();
  }

  @Test
  void whatATenantReadsNamesNeitherTheAdministratorNorItsEndpoint() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    var green = Stage.tables(stage.sandbox.database(stage.green, 17).withDatabase("orders"));
    var relay = stage.sandbox.with(new Relay("127.0.0.1", 0, green.port()));
    stage.sandbox.apply(
        """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingServer
        metadata: {name: %1$s}
        spec:
          engine: PostgreSQL
          host: localhost
          port: %2$d
          admin: {secretName: %1$s-admin, endpoint: {host: 127.0.0.1, port: %3$d}}
          tls: {ca: {secretName: %1$s-ca}}
          allowedNamespaces: {from: All}
        """
            .formatted(stage.green, green.port(), relay.port()));
    stage.sandbox.secret(
        stage.green + "-admin", Map.of("username", Postgres.ADMIN, "password", "wrong"));
    stage.sandbox.touch(stage.green);

    // Then
    refused(stage, "Provisioned", "AdminRefused");
    assertThat(read(stage)).doesNotContain(Postgres.ADMIN, "127.0.0.1");

    // When
    relay.close();
    stage.sandbox.touch(stage.green);

    // Then
    stage.eventually("Provisioned", "False/ServerUnreachable");
    assertThat(read(stage)).doesNotContain(Postgres.ADMIN, "127.0.0.1");
  }

  /// Everything that the namespace's people can read about the service but the binding.
  private static String read(Stage stage) {
    var events = stage.sandbox.admin().events().v1().events().inNamespace(stage.namespace).list();
    return Serialization.asYaml(stage.status()) + Serialization.asYaml(events);
  }

  @Test
  void anAdministratorThatWasWithdrawnIsUsedNoMore() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var secret =
        stage
            .sandbox
            .admin()
            .secrets()
            .inNamespace("backing-service-operator")
            .withName(stage.blue + "-admin");

    // When
    secret.delete();

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.serverCondition(stage.blue, "Ready"))
                .isEqualTo("False/AdminRefused"));
    stage.eventually(() -> assertThat(blue.ask("postgres", ADMINISTRATORS)).isEqualTo("0"));
    stage.swap(stage.green);
    stage.eventually("Ready", "False/AdminRefused");
    assertThat(blue.ask("postgres", ADMINISTRATORS)).isEqualTo("0");
    assertThat(stage.condition("Available")).isEqualTo("True/Available");

    // When
    stage.sandbox.credentials(stage.blue);

    // Then
    stage.eventuallyOn(stage.green);
  }

  @Test
  void aTargetWithATableThatCannotBeGranted() throws Exception {
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    for (var server : List.of(blue, green))
      server.execute("orders", "CREATE TABLE used (id int)", "CREATE TABLE unused (id int)");
    blue.execute("orders", "ALTER TABLE used OWNER TO bs_admin");
    refused(stage, "Provisioned", "PrivilegesIncomplete");
    var said = stage.message("Provisioned");
    assertThat(said)
        .contains("holds used and services may not use it there")
        .contains("let \"postgres\" run GRANT SELECT ON TABLE \"public\".\"used\" TO");

    // When the owner runs what is said: the groups are there
    stage.eventually(
        () ->
            green.execute(
                "orders", said.substring(said.indexOf("GRANT"), said.indexOf("; to swap"))));

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
  }

  @Test
  void aSecretThatCannotBeWrittenIsSaidBeforeAnythingIsFenced() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var client = stage.session(stage.sandbox.postgres(stage.blue));
    stage
        .sandbox
        .admin()
        .secrets()
        .inNamespace(stage.namespace)
        .withName("orders-db")
        .edit(s -> s.edit().withImmutable(true).build());

    refused(stage, "Provisioned", "SecretNotOwned");
    assertThat(stage.message("Provisioned")).contains("is immutable: delete it");
    assertThat(client.isValid(2)).isTrue();

    // When
    stage.sandbox.admin().secrets().inNamespace(stage.namespace).withName("orders-db").delete();

    // Then
    stage.eventuallyOn(stage.green);
  }

  /// Attaches to blue, edits to green, and expects that nothing happens.
  private static void refused(Stage stage, String condition, String reason) throws Exception {
    stage.attached(stage.blue, "");
    var version = stage.secret().getMetadata().getResourceVersion();

    // When
    stage.swap(stage.green);

    // Then
    stage.eventually(condition, "False/" + reason);
    stage.eventually("Ready", "False/" + reason);
    assertThat(stage.condition("Available")).isEqualTo("True/Available");
    assertThat(stage.status().active().server()).isEqualTo(stage.blue);
    assertThat(stage.secret().getMetadata().getResourceVersion()).isEqualTo(version);
  }
}
