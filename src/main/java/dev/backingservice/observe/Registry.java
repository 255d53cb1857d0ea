package dev.backingservice.observe;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The BackingServers, from a cache.
public interface Registry {
  Optional<BackingServer> find(String name);

  List<BackingServer> all();

  /// The other services that name one of the servers that a service names.
  List<BackingService> others(BackingService service);

  /// The uid of a namespace; empty text when it does not exist.
  String uid(String namespace);

  /// The labels of a namespace; empty when it does not exist.
  Map<String, String> labels(String namespace);
}
