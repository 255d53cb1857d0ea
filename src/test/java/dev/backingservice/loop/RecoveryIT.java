package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.sandbox.Sandbox;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What nobody should need: lost memory, and two operators who both think that they lead.
class RecoveryIT {
  @Test
  void aServiceWhoseSecretAndStatusAreLostAsksEveryServerBeforeItIsAttachedAgain()
      throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      var blue = stage.server(stage.blue);
      var green = stage.server(stage.green);
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
