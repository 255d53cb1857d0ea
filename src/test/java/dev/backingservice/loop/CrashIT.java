package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Writer;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The operator is killed as soon as a phase is recorded; the next one finishes what it began.
class CrashIT {

  @ParameterizedTest
  @ValueSource(strings = {"Prepare", "Fence", "Cut", "Roll", "Verify"})
  void aSwapGoesOnWhereItWasCutOff(String phase) throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    try (var client = stage.sandbox.plane().client(ControlPlane.User.Admin);
        var writer = Writer.start(client, stage.namespace, stage.service, 2)) {
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(50));
      // When
      killedAt(phase, stage, () -> stage.swap(stage.green));

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Ready", "True/Ready");
      stage.eventually("RolledOut", "True/RolledOut");
      int before = writer.ledger().size();
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 50));
      writer.close();
      var verdict = Ledger.judge(writer, blue, green);
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
    }
    assertThat(stage.status().active().epoch()).isEqualTo(2);
  }

  @Test
  void anAbortGoesOnWhereItWasCutOff() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "swap: {fenceTimeout: 1s}");
    var login = stage.bound("username");
    try (var stuck = stage.frozen(blue)) {
      // When
      killedAt("Aborting", stage, () -> stage.swap(stage.green));

      // Then
      stage.eventually(() -> assertThat(Stage.canLogin(blue, login)).isTrue());
      stage.eventually("Fenced", "False/SessionsRemain");
      stage.eventually("Available", "True/Available");
      assertThat(stage.status().active().server()).isEqualTo(stage.blue);
      stage.session(blue).close();
    }
  }

  @Test
  void anAttachmentGoesOnWhereItWasCutOff() throws Exception {
    try (var sandbox = Sandbox.start()) {
      // Given: no dead server of another test, which it would have to ask first
      sandbox.startOperator(Map.of());
      var stage = new Stage(sandbox);
      var blue = stage.server(stage.blue);
      stage.eventually(
          () -> assertThat(sandbox.serverCondition(stage.blue, "Ready")).isEqualTo("True/Ready"));
      var marked = new CompletableFuture<String>();
      try (var watch =
          stage
              .sandbox
              .admin()
              .resources(BackingService.class)
              .inNamespace(stage.namespace)
              .watch(new Marked(marked))) {
        // When
        stage.apply(stage.blue, "");
        marked.get(30, TimeUnit.SECONDS);
        stage.sandbox.crash();
      }

      // Then
      stage.eventually("Ready", "True/Ready");
      stage.session(blue).close();
      assertThat(
              blue.ask(
                  "postgres",
                  "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%orders\\_db\\__' AND rolcanlogin"))
          .isEqualTo("1");
    }
  }

  @Test
  void aDetachmentGoesOnWhereItWasCutOff() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var login = stage.bound("username");
    var gone = new CompletableFuture<String>();
    try (var watch =
        stage.sandbox.admin().secrets().inNamespace(stage.namespace).watch(new Deleted(gone))) {
      // When
      stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
      gone.get(30, TimeUnit.SECONDS);
      stage.sandbox.crash();
    }

    // Then
    stage.eventually("Ready", "False/Detached");
    assertThat(Stage.canLogin(blue, login)).isFalse();
    stage.eventually(() -> assertThat(stage.status().active()).isNull());
    assertThat(stage.template().getSpec().getVolumes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Prepare", "Fence", "Cut", "Roll", "Verify"})
  void bothServersAreRestartedInTheMiddleOfAStep(String phase) throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    var green = stage.server(stage.green);
    stage.sandbox.apply(SwapIT.deployment(stage.namespace));
    stage.attached(stage.blue, "workloads: [{kind: Deployment, name: orders}]");
    var login = stage.bound("username");

    // When
    reached(phase, stage, () -> stage.swap(stage.green));
    blue.restart();
    green.restart();

    // Then
    stage.eventuallyOn(stage.green);
    stage.eventually("Ready", "True/Ready");
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, login)).isFalse();
    stage.session(green).close();
  }

  private static void killedAt(String phase, Stage stage, Runnable edit) throws Exception {
    reached(phase, stage, edit);
    stage.sandbox.crash();
  }

  private static void reached(String phase, Stage stage, Runnable edit) throws Exception {
    var recorded = new CompletableFuture<String>();
    try (var watch =
        stage
            .sandbox
            .admin()
            .resources(BackingService.class)
            .inNamespace(stage.namespace)
            .watch(new Phase(phase, recorded))) {
      edit.run();
      recorded.get(30, TimeUnit.SECONDS);
    }
  }

  private record Marked(CompletableFuture<String> marked) implements Watcher<BackingService> {
    @Override
    public void eventReceived(Action action, BackingService service) {
      var annotations = service.getMetadata().getAnnotations();
      if (annotations != null && annotations.containsKey("backingservice.dev/attached"))
        marked.complete("marked");
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  private record Deleted(CompletableFuture<String> gone) implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {
      if (action == Action.DELETED) gone.complete("gone");
    }

    @Override
    public void onClose(WatcherException cause) {}
  }

  private record Phase(String phase, CompletableFuture<String> recorded)
      implements Watcher<BackingService> {
    @Override
    public void eventReceived(Action action, BackingService service) {
      var swap = service.getStatus() == null ? null : service.getStatus().swap();
      if (swap != null && swap.phase().equals(phase)) recorded.complete(phase);
    }

    @Override
    public void onClose(WatcherException cause) {}
  }
}
