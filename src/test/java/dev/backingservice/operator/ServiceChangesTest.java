package dev.backingservice.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingService;
import dev.backingservice.model.Labels;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceChangesTest {
  private static final BackingService NEW = service(1, List.of(), Map.of());
  private static final BackingService OURS =
      service(1, List.of(Labels.FINALIZER), Map.of(Labels.ATTACHED, "seal"));
  private final ServiceChanges changes = new ServiceChanges();

  @Test
  void whatTheOperatorPutsIntoTheMetadataWakesNobody() {
    assertThat(changes.accept(OURS, NEW)).isFalse();
    assertThat(changes.accept(OURS, OURS)).isFalse();
  }

  @Test
  void whoeverTakesItAwayWakesTheService() {
    assertThat(changes.accept(NEW, OURS)).isTrue();
    assertThat(changes.accept(service(1, List.of(Labels.FINALIZER), Map.of()), OURS)).isTrue();
    var forged = service(1, List.of(Labels.FINALIZER), Map.of(Labels.ATTACHED, "another"));
    assertThat(changes.accept(forged, OURS)).isTrue();
  }

  @Test
  void whatPeopleChangeBesidesWakesTheService() {
    assertThat(changes.accept(service(2, List.of(Labels.FINALIZER), Map.of()), NEW)).isTrue();
    var annotated = Map.of(Labels.ATTACHED, "seal", "backingservice.dev/retry", "1");
    assertThat(changes.accept(service(1, List.of(), annotated), NEW)).isTrue();
    assertThat(changes.accept(service(1, List.of("example.com/hold"), Map.of()), NEW)).isTrue();
  }

  private static BackingService service(
      long generation, List<String> finalizers, Map<String, String> annotations) {
    var service = new BackingService();
    service.setMetadata(
        new ObjectMetaBuilder()
            .withName("s")
            .withGeneration(generation)
            .withFinalizers(finalizers)
            .withAnnotations(annotations)
            .build());
    return service;
  }
}
