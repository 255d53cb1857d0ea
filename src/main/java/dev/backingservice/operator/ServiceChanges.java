package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.model.Labels;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// [PeopleChanges] of a service, without what the operator itself puts into its metadata: the
/// framework goes on by itself after the finalizer, and a pass after its mark. Where somebody takes
/// one of them away, the service is looked at.
public class ServiceChanges implements OnUpdateFilter<BackingService> {
  private final PeopleChanges<BackingService> people = new PeopleChanges<>();

  @Override
  public boolean accept(BackingService now, BackingService before) {
    return people.accept(now, asIfOurs(before, now.getMetadata()));
  }

  /// The former one with what only the later one has of ours.
  private static BackingService asIfOurs(BackingService before, ObjectMeta now) {
    var meta = before.getMetadata();
    var with = new ObjectMetaBuilder(meta);
    var finalizers = Objects.requireNonNullElse(meta.getFinalizers(), List.<String>of());
    if (holds(now) && !holds(meta)) {
      var more = new ArrayList<>(finalizers);
      more.add(Labels.FINALIZER);
      with.withFinalizers(more);
    }
    var annotations = Objects.requireNonNullElse(now.getAnnotations(), Map.<String, String>of());
    var seal = annotations.get(Labels.ATTACHED);
    if (seal != null && !marked(meta)) with.addToAnnotations(Labels.ATTACHED, seal);
    var copy = new BackingService();
    copy.setMetadata(with.build());
    return copy;
  }

  private static boolean holds(ObjectMeta meta) {
    return meta.getFinalizers() != null && meta.getFinalizers().contains(Labels.FINALIZER);
  }

  private static boolean marked(ObjectMeta meta) {
    return meta.getAnnotations() != null && meta.getAnnotations().containsKey(Labels.ATTACHED);
  }
}
