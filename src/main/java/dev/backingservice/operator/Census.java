package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import dev.backingservice.operator.metrics.MetricsSnapshot;
import dev.backingservice.operator.metrics.Snapshots;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who is there and who is attached where, from the caches; and a way to tell a server that this
/// has changed, and its services that its anchors have.
class Census implements Snapshots {
  static final String BY_ACTIVE = "by-active-server";
  private volatile @Nullable IndexedResourceCache<BackingService> services;
  private volatile @Nullable IndexedResourceCache<BackingServer> servers;
  private volatile @Nullable SimpleInboundEventSource<BackingServer> attachments;
  private volatile @Nullable SimpleInboundEventSource<BackingService> anchors;

  void services(
      IndexedResourceCache<BackingService> cache, SimpleInboundEventSource<BackingService> source) {
    services = cache;
    anchors = source;
  }

  void servers(
      IndexedResourceCache<BackingServer> cache, SimpleInboundEventSource<BackingServer> source) {
    servers = cache;
    attachments = source;
  }

  /// The services whose binding leads to a server; empty while the cache is not there yet.
  Optional<List<BackingService>> attachedTo(String server) {
    var cache = services;
    return cache == null ? Optional.empty() : Optional.of(cache.byIndex(BY_ACTIVE, server));
  }

  /// How many fences the services that are there owe to a server.
  int owedTo(String server) {
    return (int)
        all(services).stream()
            .flatMap(s -> Stream.ofNullable(s.getStatus()))
            .flatMap(s -> Stream.ofNullable(s.debts()))
            .flatMap(List::stream)
            .filter(d -> d.server().equals(server))
            .count();
  }

  /// Something about who is attached to a server has changed.
  void changed(String server) {
    var source = attachments;
    if (source != null) source.propagateEvent(new ResourceID(server));
  }

  /// Every binding to a server publishes its anchors: its services are looked at now. Some may
  /// have been looked at while the former ones were known.
  void trustChanged(String server) {
    var cache = services;
    var source = anchors;
    if (cache == null || source == null) return;
    cache.byIndex(Watches.BY_SERVER, server).stream()
        .map(ResourceID::fromResource)
        .forEach(source::propagateEvent);
  }

  @Override
  public MetricsSnapshot snapshot(Instant now) {
    return new MetricsSnapshot(all(services), all(servers), now);
  }

  /// A BackingServer; empty when there is none, or the cache is not there yet.
  Optional<BackingServer> server(String name) {
    var cache = servers;
    return cache == null ? Optional.empty() : cache.get(new ResourceID(name));
  }

  /// How many BackingServers are standbys of this one.
  int standbysOf(String name) {
    return (int) all(servers).stream().filter(s -> name.equals(s.getSpec().primary())).count();
  }

  /// Every other BackingServer.
  List<BackingServer> otherServers(BackingServer than) {
    var name = than.getMetadata().getName();
    return all(servers).stream().filter(s -> !s.getMetadata().getName().equals(name)).toList();
  }

  private static <T extends HasMetadata> List<T> all(@Nullable IndexedResourceCache<T> cache) {
    return cache == null ? List.of() : cache.list().toList();
  }
}
