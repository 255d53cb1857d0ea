package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Secrets;
import dev.backingservice.operator.metrics.LeaderActivity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Wakes services whose binding Secret is gone. A right to watch one Secret is a right to watch
/// them all, so each is asked for by its name, and its metadata only: within a minute for up to
/// 1,000 services, and 20 in a second beyond.
class BindingSecrets {
  private static final Duration ROUND = Duration.ofSeconds(50);

  private final LeaderActivity activity;
  private final SimpleInboundEventSource<BackingService> source =
      new SimpleInboundEventSource<>("binding-secrets");

  private volatile @Nullable Secrets secrets;
  private volatile @Nullable IndexedResourceCache<BackingService> services;

  BindingSecrets(LeaderActivity activity) {
    this.activity = activity;
  }

  /// Begins to look.
  ///
  /// @param metadata a client that reads metadata only
  SimpleInboundEventSource<BackingService> source(
      KubernetesClient metadata, IndexedResourceCache<BackingService> cache) {
    secrets = new Secrets(metadata);
    services = cache;
    new Rounds<>("binding-secrets", ROUND, this::bound, this::look).start();
    return source;
  }

  /// The services that have a binding, while this process leads; by name, because a round of
  /// thousands takes minutes.
  private Collection<ResourceID> bound() {
    var cache = services;
    return cache == null || !activity.leading()
        ? List.of()
        : cache.list(service -> name(service).isPresent()).map(ResourceID::fromResource).toList();
  }

  private void look(ResourceID id) {
    var cache = services;
    if (cache != null) cache.get(id).ifPresent(this::look);
  }

  private void look(BackingService service) {
    var asked = secrets;
    var name = name(service);
    if (asked == null || name.isEmpty()) return;
    if (!asked.remembered(service.getMetadata().getNamespace(), name.get()))
      source.propagateEvent(ResourceID.fromResource(service));
  }

  private static Optional<String> name(BackingService service) {
    return Optional.ofNullable(service.getStatus())
        .flatMap(status -> Optional.ofNullable(status.binding()))
        .map(binding -> binding.name());
  }
}
