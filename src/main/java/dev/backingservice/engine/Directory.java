package dev.backingservice.engine;

import dev.backingservice.model.Reason;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The servers that are known now, by the name of their BackingServer, with what it takes to
/// talk to them.
public final class Directory {
  private final Map<String, Served> servers = new ConcurrentHashMap<>();
  private final Consumer<String> trustChanged;

  /// @param trustChanged hears the name of each server whose anchors are others than before: every
  ///     binding to it publishes them
  public Directory(Consumer<String> trustChanged) {
    this.trustChanged = trustChanged;
  }

  public void put(Served served) {
    var name = served.server().name();
    var before = servers.put(name, served);
    if (before != null && !before.server().trust().equals(served.server().trust()))
      trustChanged.accept(name);
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
  ///
  /// @param withdrawn why its administrator may not be used any more: its Secret was taken away, is
  ///     for another host, or its anchors do not parse; empty while it may
  public record Served(Engine engine, Server server, Optional<Reason> withdrawn) {
    public Served(Engine engine, Server server) {
      this(engine, server, Optional.empty());
    }

    /// The same server, no more to be administered.
    public Served withdrawn(Reason reason) {
      return new Served(engine, server, Optional.of(reason));
    }

    /// Logs in as the administrator: see [Engine#open].
    public Session open() throws EngineException {
      refuseWithdrawn();
      return engine.open(server);
    }

    /// The same past what an earlier try saw: see [Engine#openAfresh].
    public Session openAfresh() throws EngineException {
      refuseWithdrawn();
      return engine.openAfresh(server);
    }

    private void refuseWithdrawn() throws EngineException {
      if (withdrawn.isPresent())
        throw EngineException.of(
            withdrawn.get(),
            "the administrator of %s may not be used now: see its BackingServer"
                .formatted(server.name()));
    }

    /// A connection that is there already: see [Engine#warm].
    public Optional<Session> warm() throws EngineException {
      return withdrawn.isPresent() ? Optional.empty() : engine.warm(server);
    }
  }
}
