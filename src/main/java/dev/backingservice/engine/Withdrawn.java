package dev.backingservice.engine;

import dev.backingservice.model.Abilities;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;

/// The engine of a server whose administrator may not be used any more: its Secret was taken away,
/// is for another host, or its anchors do not parse. What was known before opens nothing.
///
/// @param reason why it may not be used
public record Withdrawn(Engine engine, Reason reason) implements Engine {

  /// The same server, no more to be administered.
  public static Directory.Served of(Directory.Served served, Reason reason) {
    var engine = served.engine() instanceof Withdrawn(var before, _) ? before : served.engine();
    return new Directory.Served(new Withdrawn(engine, reason), served.server());
  }

  @Override
  public Session open(Server server) throws EngineException {
    throw EngineException.of(
        reason,
        "the administrator of %s may not be used now: see its BackingServer"
            .formatted(server.name()));
  }

  @Override
  public Optional<Session> warm(Server server) {
    return Optional.empty();
  }

  @Override
  public EngineKind kind() {
    return engine.kind();
  }

  @Override
  public Abilities abilities() {
    return engine.abilities();
  }

  @Override
  public Defaults defaults() {
    return engine.defaults();
  }

  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return engine.knock(server, order, credential);
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return engine.entries(place, material);
  }

  @Override
  public Optional<String> anchor(Server server) {
    return engine.anchor(server);
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    engine.keep(stillThere);
  }

  @Override
  public long calls() {
    return engine.calls();
  }
}
