package dev.backingservice.engine;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The servers that are known now, by the name of their BackingServer, with what it takes to
/// talk to them.
public final class Directory {
  private final Map<String, Served> servers = new ConcurrentHashMap<>();

  public void put(Served served) {
    servers.put(served.server().name(), served);
  }

  public void remove(String name) {
    servers.remove(name);
  }

  public Optional<Served> find(String name) {
    return Optional.ofNullable(servers.get(name));
  }

  /// A sentence about a server for whoever attaches services: see [Server#discreet].
  public String discreet(String server, String sentence) {
    return find(server).map(s -> s.server().discreet(sentence)).orElse(sentence);
  }

  /// Every server that is known.
  public Collection<Served> all() {
    return List.copyOf(servers.values());
  }

  /// A server and the engine that speaks its protocol.
  public record Served(Engine engine, Server server) {}
}
