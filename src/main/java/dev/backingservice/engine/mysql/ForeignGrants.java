package dev.backingservice.engine.mysql;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.ServerText;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What accounts of ours were seen to hold outside of their databases: only the account itself sees
/// it, when it logs in.
final class ForeignGrants {
  private final Map<Server, Map<String, String>> seen = new ConcurrentHashMap<>();

  void saw(Server server, String login, List<String> foreign) {
    var ofServer = seen.computeIfAbsent(server, _ -> new ConcurrentHashMap<>());
    if (foreign.isEmpty()) ofServer.remove(login);
    else ofServer.put(login, ServerText.clean(foreign.getFirst()));
  }

  Optional<Finding> of(Server server) {
    var ofServer = seen.getOrDefault(server, Map.of());
    return ofServer.entrySet().stream()
        .min(Map.Entry.comparingByKey())
        .map(
            first ->
                new Finding(
                    Id.ForeignGrant,
                    "%d logins of the operator hold privileges that it did not grant, %s among them: %s"
                        .formatted(ofServer.size(), first.getKey(), first.getValue()),
                    "REVOKE what is not meant"));
  }

  void keep(Collection<Server> stillThere) {
    seen.keySet().retainAll(stillThere);
  }
}
