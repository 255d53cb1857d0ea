package dev.backingservice.operator;

import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Secrets;
import dev.backingservice.observe.IntentReader;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Wakes services when the Secret changes that their tenant hands over. A right to watch one Secret
/// is a right to watch them all, so each is asked for by its name: one after the other, every five
/// seconds, or as often as 20 requests in a second allow.
class GivenSecrets {
  static final String BY_GIVEN = "by-given-secret";
  private static final Duration ROUND = Duration.ofSeconds(5);

  private final Secrets secrets;
  private final SimpleInboundEventSource<BackingService> source =
      new SimpleInboundEventSource<>("given-secrets");

  /// The version that was seen last; empty text for a Secret that is not there.
  private final Map<ResourceID, String> versions = new ConcurrentHashMap<>();

  private volatile @Nullable IndexedResourceCache<BackingService> services;

  GivenSecrets(Secrets secrets) {
    this.secrets = secrets;
  }

  /// Begins to look.
  SimpleInboundEventSource<BackingService> source(IndexedResourceCache<BackingService> cache) {
    services = cache;
    new Rounds<>("given-secrets", ROUND, versions::keySet, this::look).start();
    return source;
  }

  /// The name of the Secret by which a service is found; none where it names none.
  static List<String> keys(BackingService service) {
    return secret(service).map(GivenSecrets::key).stream().toList();
  }

  /// Looks after the Secret that a service names from now on.
  void follow(BackingService service) {
    secret(service).ifPresent(id -> versions.putIfAbsent(id, "unseen"));
  }

  private static Optional<ResourceID> secret(BackingService service) {
    return Optional.ofNullable(service.getSpec())
        .flatMap(IntentReader::givenSecret)
        .map(name -> new ResourceID(name, service.getMetadata().getNamespace()));
  }

  private static String key(ResourceID secret) {
    return secret.getNamespace().orElse("") + "/" + secret.getName();
  }

  private void look(ResourceID id) {
    var users = users(id);
    if (users.isEmpty()) {
      versions.remove(id);
      return;
    }
    version(id)
        .filter(version -> !version.equals(versions.put(id, version)))
        .ifPresent(
            _ -> users.forEach(user -> source.propagateEvent(ResourceID.fromResource(user))));
  }

  private List<BackingService> users(ResourceID id) {
    var cache = services;
    return cache == null ? List.of() : cache.byIndex(BY_GIVEN, key(id));
  }

  /// Empty when nobody could be asked: the next round asks again.
  private Optional<String> version(ResourceID id) {
    try {
      return Optional.of(
          secrets
              .find(id.getNamespace().orElse(""), id.getName())
              .map(s -> s.getMetadata().getResourceVersion())
              .orElse(""));
    } catch (KubernetesClientException e) {
      return Optional.empty();
    }
  }
}
