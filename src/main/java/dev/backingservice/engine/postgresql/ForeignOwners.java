package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.Scope;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Relations in the schemas of services that belong to roles for which the administrator may not
/// act, as they were seen when rights were last granted there.
final class ForeignOwners {
  private final Map<Server, Map<Scope.Schema, List<Lack>>> seen = new ConcurrentHashMap<>();

  void saw(Server server, Scope.Schema schema, List<Lack> lacks) {
    var ofServer = seen.computeIfAbsent(server, _ -> new ConcurrentHashMap<>());
    if (lacks.isEmpty()) ofServer.remove(schema);
    else ofServer.put(schema, List.copyOf(lacks));
  }

  Optional<Finding> of(Server server) {
    return seen.getOrDefault(server, Map.of()).entrySet().stream()
        .min(Comparator.comparing(schema -> schema.getKey().toString()))
        .map(
            schema ->
                new Finding(
                    Id.ForeignOwner,
                    "in %s, relations belong to %s, for whom the administrator may not act: services may not use them"
                        .formatted(schema.getKey(), schema.getValue().getFirst().owner()),
                    "in that database, " + schema.getValue().getFirst().cure()));
  }

  void keep(Collection<Server> stillThere) {
    seen.keySet().retainAll(stillThere);
  }
}
