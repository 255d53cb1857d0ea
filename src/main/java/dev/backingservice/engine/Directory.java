package dev.backingservice.engine;

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

  /// Closes connections nobody needs any more.
  public void tidy(Engine engine) {
    engine.retain(servers.values().stream().map(Served::server).toList());
  }

  /// A server and the engine that speaks its protocol.
  public record Served(Engine engine, Server server) {}
}
