package dev.backingservice.engine.generic;

import dev.backingservice.engine.Defaults;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Material;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.wire.Outage;
import dev.backingservice.model.Abilities;
import dev.backingservice.model.Credential;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;

/// A server of any protocol over TLS, such as Kafka, MongoDB or an object store.
public final class GenericEngine implements Engine {
  private static final Abilities ABILITIES =
      new Abilities(
          Set.of(),
          Abilities.Fence.NotSupported,
          Abilities.Accounts.Given,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Untold);

  /// Its port has to be named.
  private static final Defaults DEFAULTS = new Defaults(0, "", Map.of());

  private final Map<Server, Outage> outages = new ConcurrentHashMap<>();

  @Override
  public EngineKind kind() {
    return EngineKind.Generic;
  }

  @Override
  public Abilities abilities() {
    return ABILITIES;
  }

  @Override
  public Defaults defaults() {
    return DEFAULTS;
  }

  @Override
  public Session open(Server server) throws EngineException {
    var outage = outages.computeIfAbsent(server, _ -> new Outage());
    return new GenericSession(server, outage.tried(() -> Connections.open(server)));
  }

  @Override
  public Session openAfresh(Server server) throws EngineException {
    return new GenericSession(server, Connections.open(server));
  }

  @Override
  public Optional<Session> warm(Server server) {
    return Optional.empty();
  }

  /// Whether the account is let in, the provider knows: what is proven is that the server is there,
  /// verifies, and takes the client's certificate where it demands one.
  @Override
  public Entry knock(Server server, Order order, Credential credential) throws EngineException {
    return new Entry.LetIn(
        OptionalInt.empty(), Connections.knock(server, credential.certificate()).anchor());
  }

  @Override
  public SortedMap<String, Sensitive> entries(Place place, Material material) {
    return Entries.of(material);
  }

  @Override
  public Optional<String> anchor(Server server) {
    try {
      return Connections.open(server).anchor();
    } catch (EngineException e) {
      return Optional.empty();
    }
  }

  @Override
  public void keep(Collection<Server> stillThere) {
    outages.keySet().retainAll(Set.copyOf(stillThere));
  }

  @Override
  public long calls() {
    return Connections.HANDSHAKES.sum();
  }
}
