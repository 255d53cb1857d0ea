package dev.backingservice.operator;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who is attached where, from the cache of the services; and a way to tell a server that this has
// changed.
class Census {
  static final String BY_ACTIVE = "by-active-server";
  private volatile @Nullable IndexedResourceCache<BackingService> services;
  private volatile @Nullable SimpleInboundEventSource<BackingServer> servers;

  void services(IndexedResourceCache<BackingService> cache) {
    services = cache;
  }

  void servers(SimpleInboundEventSource<BackingServer> source) {
    servers = source;
  }

  /// The services whose binding leads to a server; empty while the cache is not there yet.
  Optional<List<BackingService>> attachedTo(String server) {
    var cache = services;
    return cache == null ? Optional.empty() : Optional.of(cache.byIndex(BY_ACTIVE, server));
  }

  /// Something about who is attached to a server has changed.
  void changed(String server) {
    var source = servers;
    if (source != null) source.propagateEvent(new ResourceID(server));
  }
}
