package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingService;
import dev.backingservice.sandbox.ControlPlane;
import dev.backingservice.sandbox.Ledger;
import dev.backingservice.sandbox.Writer;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
      var recorded = new CompletableFuture<String>();
      try (var watch =
          client
              .resources(BackingService.class)
              .inNamespace(stage.namespace)
              .watch(new Phase(phase, recorded))) {

        // When
        stage.swap(stage.green);
        recorded.get(30, TimeUnit.SECONDS);
        stage.sandbox.operator().kill();
      }
      stage.sandbox.startOperator(Map.of());

      // Then
      stage.eventuallyOn(stage.green);
      stage.eventually("Ready", "True/Ready");
      stage.eventually("RolledOut", "True/RolledOut");
      int before = writer.ledger().size();
      stage.eventually(() -> assertThat(writer.ledger()).hasSizeGreaterThan(before + 50));
      writer.close();
      var verdict = Ledger.judge(writer.ledger(), blue, green);
      assertThat(verdict.lost()).isZero();
      assertThat(verdict.onOldAfterCut()).isZero();
    }
    assertThat(stage.status().active().epoch()).isEqualTo(2);
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
