package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.sandbox.Postgres;
import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// What nobody should need: lost memory, and two operators who both think that they lead.
@Execution(ExecutionMode.CONCURRENT)
class RecoveryIT {
  @Test
  void aServiceWhoseSecretAndStatusAreLostAsksEveryServerBeforeItIsAttachedAgain()
      throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      var blue = stage.server(stage.blue);
      var green = stage.identified(stage.green);
      stage.attached(stage.blue, "");
      var old = stage.bound("username");
      var session = stage.session(blue);
      green.stop();
      sandbox.operator().close();
      sandbox.admin().resource(stage.secret()).delete();
      sandbox
          .admin()
          .resource(sandbox.service(stage.namespace, stage.service))
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"remove\",\"path\":\"/status\"}]");
      stage.patch("{\"spec\":{\"server\":\"%s\"}}".formatted(stage.blue));

      // When
      sandbox.startOperator(Map.of());

      // Then
      stage.eventually("Ready", "Unknown/Pending");
      stage.eventually(() -> assertThat(stage.message("Ready")).contains(stage.green));
      assertThat(stage.secret()).isNull();

      // When
      green.start();

      // Then
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.status().active().epoch()).isEqualTo(2);
      assertThat(stage.bound("username")).isNotEqualTo(old);
      assertThat(Stage.canLogin(blue, old)).isFalse();
      assertThat(session.isValid(1)).isFalse();
    }
  }

  @Test
  void aBackupOfTheClusterBringsNoCredentialBackThatWasGivenUpLongAgo() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      var blue = stage.server(stage.blue);
      var green = stage.server(stage.green);
      stage.attached(stage.blue, "swap: {retainOld: 1s}");
      var secret = stage.secret();
      var status = sandbox.service(stage.namespace, stage.service).getStatus();
      var old = stage.bound("username");
      var password = stage.bound("password");
      stage.swap(stage.green);
      stage.eventuallyOn(stage.green);
      stage.eventually(() -> assertThat(exists(blue, old)).isFalse());
      var later = stage.bound("username");
      sandbox.operator().close();

      // When
      restore(stage, secret, status);
      sandbox.startOperator(Map.of("BACKING_DRIFT_INTERVAL", "10s"));

      // Then
      stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(3));
      stage.eventually("Ready", "True/Ready");
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);
      assertThat(stage.bound("password")).isNotEqualTo(password);
      assertThatThrownBy(() -> blue.login("orders", old, password))
          .isInstanceOf(SQLException.class);
      stage.eventually(() -> assertThat(Stage.canLogin(green, later)).isFalse());
    }
  }

  @Test
  void aRootKeyFromABackupStopsNoWrite() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      stage.attached(stage.blue, "access: ReadOnly");
      var keys = sandbox.admin().secrets().inNamespace(Sandbox.NAMESPACE);
      var backup = keys.withName("backing-service-root-key").get();
      for (var wanted : List.of("ReadWrite", "ReadOnly")) {
        sandbox.crash();
        stage.patch("{\"spec\":{\"access\":\"%s\"}}".formatted(wanted));
        stage.eventually(() -> assertThat(stage.status().active().access()).isEqualTo(wanted));
      }
      sandbox.operator().close();

      // When
      backup.getMetadata().setResourceVersion(null);
      keys.resource(backup).update();
      sandbox.startOperator(Map.of());
      stage.patch("{\"spec\":{\"access\":\"ReadWrite\"}}");

      // Then
      stage.eventually(() -> assertThat(stage.status().active().access()).isEqualTo("ReadWrite"));
      stage.eventually("Ready", "True/Ready");
    }
  }

  private static boolean exists(Postgres server, String login) throws SQLException {
    var count = "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(login);
    return server.ask("postgres", count).equals("1");
  }

  /// What a backup of etcd does: the spec, the Secret and the status of before.
  private static void restore(Stage stage, Secret secret, BackingServiceStatus status) {
    var client = stage.sandbox.admin();
    stage.patch("{\"spec\":{\"server\":\"%s\"}}".formatted(stage.blue));
    client
        .secrets()
        .inNamespace(stage.namespace)
        .resource(
            new SecretBuilder(secret)
                .editMetadata()
                .withResourceVersion(null)
                .withManagedFields()
                .endMetadata()
                .build())
        .update();
    client
        .resource(stage.sandbox.service(stage.namespace, stage.service))
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":%s}]"
                .formatted(Serialization.asJson(status)));
  }

  @Test
  void aLeaderThatWasReplacedWhileItSleptStopsWithoutActing() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      var first = sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      stage.server(stage.blue);
      stage.server(stage.green);
      stage.attached(stage.blue, "");
      first.freeze();
      var second = sandbox.startOperator(Map.of());
      stage.eventually(() -> assertThat(second.log()).contains("leading: term=2"));
      stage.swap(stage.green);
      stage.eventually("Ready", "True/Ready");
      stage.eventuallyOn(stage.green);
      var version = stage.secret().getMetadata().getResourceVersion();
      int said = first.log().length();

      // When
      first.thaw();

      // Then
      stage.eventually(() -> assertThat(first.alive()).isFalse());
      assertThat(first.log().substring(said)).contains("leadership lost").doesNotContain("acted:");
      assertThat(stage.secret().getMetadata().getResourceVersion()).isEqualTo(version);
      assertThat(second.alive()).isTrue();
    }
  }
}
