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

  /// The services that have a binding, while this process leads.
  private Collection<BackingService> bound() {
    var cache = services;
    return cache == null || !activity.leading()
        ? List.of()
        : cache.list(s -> s.getStatus() != null && s.getStatus().binding() != null).toList();
  }

  private void look(BackingService service) {
    var asked = secrets;
    var binding = service.getStatus() == null ? null : service.getStatus().binding();
    if (asked == null || binding == null) return;
    if (asked.find(service.getMetadata().getNamespace(), binding.name()).isEmpty())
      source.propagateEvent(ResourceID.fromResource(service));
  }
}
