package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.binding.DebtPage;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.ServiceId;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Detaching, deleting, coming back.
class LifeIT {

  @Test
  void detachingTakesExactlyOursOutAndAttachingAgainIsANewEpoch() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    var before = stage.template();
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var login = stage.bound("username");
    assertThat(stage.template()).isNotEqualTo(before);

    // When
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");

    // Then
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    stage.eventually("Ready", "False/Detached");
    assertThat(stage.template()).isEqualTo(before);
    assertThat(Stage.canLogin(blue, login)).isFalse();

    // When
    stage.patch("{\"spec\":{\"state\":\"Attached\"}}");

    // Then
    stage.eventually("Ready", "True/Ready");
    assertThat(stage.status().active().epoch()).isEqualTo(2);
    assertThat(stage.bound("username")).isNotEqualTo(login);
  }

  /// As `kubectl delete --cascade=foreground` and Argo CD ask for: the garbage collector takes what
  /// blocks its owner before the owner's finalizers are through.
  @Test
  void aForegroundDeletionLeavesTheSecretToTheOperator() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");
    assertThat(stage.secret().getMetadata().getOwnerReferences())
        .noneMatch(owner -> Boolean.TRUE.equals(owner.getBlockOwnerDeletion()));

    // When
    stage
        .sandbox
        .admin()
        .resource(stage.sandbox.service(stage.namespace, stage.service))
        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
        .delete();

    // Then
    stage.eventually(() -> assertThat(stage.secret()).isNull());
    stage.eventually(
        () ->
            assertThat(
                    blue.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(login)))
                .isEqualTo("0"));
  }

  @Test
  void whoeverEditsAServiceCannotLeaveItsLoginBehind() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var login = stage.bound("username");

    // When
    assertThatThrownBy(() -> stage.patch("{\"metadata\":{\"finalizers\":null}}"))
        .hasMessageContaining("keeps its logins from being left behind");
    delete(stage);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(Stage.canLogin(blue, login)).isFalse();
  }

  @Test
  void whatAServiceThatIsDetachedKeepsItsDataInIsNotDropped() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.sandbox.server(stage.blue, 17);
    stage.sandbox.develop(reporting(stage, "Delete"));
    stage.eventually(
        () ->
            assertThat(stage.sandbox.condition(stage.namespace, "reports-db", "Ready"))
                .isEqualTo("True/Ready"));
    stage.sandbox.register(stage.green, blue.port()); // another name of the same server
    stage.sandbox.develop(
        reporting(stage, "Delete")
            .replace("reports-db", stage.service)
            .replace(stage.blue, stage.green));
    stage.eventually("Ready", "True/Ready");
    stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
    stage.eventually("Ready", "False/Detached");

    // When
    stage.sandbox.delete(stage.namespace, "reports-db");

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, "reports-db")).isNull());
    assertThat(databases(blue)).isEqualTo("1");

    // When
    delete(stage);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
  }

  private static String databases(Postgres server) throws SQLException {
    return server.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'reports'");
  }

  private static String reporting(Stage stage, String policy) {
    return """
        apiVersion: backingservice.dev/v1alpha1
        kind: BackingService
        metadata: {name: reports-db, namespace: %s}
        spec:
          server: %s
          deletionPolicy: %s
          postgresql: {database: reports, createDatabase: IfMissing}
        """
        .formatted(stage.namespace, stage.blue, policy);
  }

  @Test
  void deletingRemovesTheLoginsAndKeepsTheData() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    blue.execute("orders", "INSERT INTO writes VALUES (1)");

    // When
    delete(stage);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    assertThat(
            blue.ask(
                "postgres",
                "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__'"))
        .isEqualTo("0");
    assertThat(blue.ask("orders", "SELECT count(*) FROM writes")).isEqualTo("1");
    stage.eventually(() -> assertThat(stage.secret()).isNull());
  }

  @Test
  void deletingDoesNotWaitForADeadServerWhichPaysWhenItReturns() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    blue.stop();

    // When
    delete(stage);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isEqualTo(1));

    // When
    blue.start();

    // Then
    stage.eventually(
        () ->
            assertThat(
                    blue.ask(
                        "postgres",
                        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__'"))
                .isEqualTo("0"));
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isZero());
  }

  @Test
  void aNamespaceDoesNotFillThePageOfWhatIsOwed() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var page = DebtPage.write(Sandbox.NAMESPACE, stage.blue, owed(stage, 1024));
    blue.stop();
    stage.sandbox.admin().resource(page).create();

    // When
    delete(stage);

    // Then
    stage.eventually(
        () ->
            assertThat(stage.message("Fenced") + stage.message("Provisioned"))
                .contains("1024 fences of deleted services of this namespace are owed"));

    // When
    stage.sandbox.admin().resource(page).delete();

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isEqualTo(1));
    blue.start();
  }

  private static List<ServerDebt> owed(Stage stage, int count) {
    var place = new Place(stage.blue, new Scope.Schema("orders", "public"));
    var serverId = stage.status().active().serverId();
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new ServerDebt(
                    new ServiceId(stage.namespace, "former-" + i, "uid-" + i),
                    new Debt(
                        new Attachment(place, serverId, "bs_former_" + i, Access.ReadWrite, 1),
                        Instant.EPOCH,
                        "",
                        "it did not answer")))
        .toList();
  }

  @Test
  void aServerThatIsGoneForEverIsForgiven() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var serverId = stage.status().active().serverId();
    blue.stop();
    delete(stage);
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isEqualTo(1));

    // When
    stage.sandbox.annotate(stage.blue, "backingservice.dev/gone", serverId);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isZero());
  }

  @Test
  void whoAnswersIsNotGoneAndNothingIsForgivenLater() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    stage.sandbox.annotate(
        stage.blue, "backingservice.dev/gone", stage.status().active().serverId());
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getMetadata().getAnnotations())
                .doesNotContainKey("backingservice.dev/gone"));

    // When
    blue.stop();
    delete(stage);

    // Then
    stage.eventually(
        () -> assertThat(stage.sandbox.backingServer(stage.blue).getStatus().debts()).isEqualTo(1));
  }

  @Test
  void aServerThatIsOwedAFenceIsNotGoneBeforeItIsForgiven() throws Exception {
    // Given
    var stage = new Stage();
    var serverId = stage.owingAFence();
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getStatus())
                .matches(s -> s.attached() == 0 && s.debts() == 1));

    // When
    stage.sandbox.admin().resource(stage.sandbox.backingServer(stage.blue)).delete();

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getStatus().conditions())
                .anyMatch(
                    c ->
                        c.reason().equals("Terminating")
                            && c.message().contains("1 fences owed")
                            && c.message().contains(serverId)));

    // When
    stage.sandbox.annotate(stage.blue, "backingservice.dev/gone", serverId);

    // Then
    stage.eventually("Fenced", "True/Fenced");
    stage.eventually(() -> assertThat(stage.sandbox.backingServer(stage.blue)).isNull());
  }

  @Test
  void aReplacementIsNotSupportedYetAndMovesNothing() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");

    // When
    stage.kubectl(
        "",
        "patch",
        "bsrv",
        stage.blue,
        "--type=merge",
        "-p",
        "{\"spec\":{\"replacedBy\":\"%s\"}}".formatted(stage.green));

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.backingServer(stage.blue).getStatus().conditions())
                .anyMatch(
                    c -> c.type().equals("Accepted") && c.reason().equals("NotYetSupported")));
    assertThat(stage.condition("Ready")).isEqualTo("True/Ready");
  }

  @Test
  void aServiceThatIsCreatedAgainUnderItsNameTakesOver() throws Exception {
    // Given
    var stage = new Stage();
    stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var password = stage.bound("password");
    delete(stage);
    stage.eventually(
        () -> assertThat(stage.sandbox.service(stage.namespace, stage.service)).isNull());

    // When
    stage.attached(stage.blue, "");

    // Then
    assertThat(stage.bound("password")).isNotEqualTo(password);
  }

  @Test
  void deletingANamespaceTakesItsServicesAlong() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");

    // When
    stage.sandbox.admin().namespaces().withName(stage.namespace).delete();

    // Then
    stage.eventually(
        () ->
            assertThat(stage.sandbox.admin().namespaces().withName(stage.namespace).get())
                .isNull());
    assertThat(
            blue.ask(
                "postgres",
                "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__'"))
        .isEqualTo("0");
  }

  private static void delete(Stage stage) {
    stage.sandbox.delete(stage.namespace, stage.service);
  }
}
