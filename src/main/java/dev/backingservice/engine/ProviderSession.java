package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The session on a server whose provider keeps the accounts: none is found, made or locked here.
public abstract class ProviderSession implements Session {
  private final EngineKind kind;
  private final Server server;
  private final String version;

  /// @param version as the server says it; empty text where it does not
  protected ProviderSession(EngineKind kind, Server server, String version) {
    this.kind = kind;
    this.server = server;
    this.version = version;
  }

  protected Server server() {
    return server;
  }

  /// Such a server tells nothing of itself: its lineage is that of the resource, and its process is
  /// whoever has its address.
  @Override
  public Identity identity() {
    return new Identity(
        server.uid(), server.data().toString(), "", "", Identity.Role.Primary, version);
  }

  @Override
  public Sight look(Order order, Set<String> logins) {
    return new Sight(identity(), new Standing(Map.of()));
  }

  @Override
  public Optional<Inventory> inventory(Order order) {
    return Optional.empty();
  }

  @Override
  public void checkClaim(Order order) {}

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) {
    return Optional.empty();
  }

  /// Two names are one server where they have one address.
  @Override
  public Beacon beacon(long key) {
    return new LitBeacon(kind, server.data().toString(), key, "", () -> {});
  }

  @Override
  public boolean sees(Beacon beacon) {
    return beacon.kind().equals(kind) && beacon.where().equals(server.data().toString());
  }

  @Override
  public void createMissing(Order order) {}

  @Override
  public void ensure(Order order, List<Want> wants) {}

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) {
    return new Drain(0, 0, 0);
  }

  @Override
  public int lockStrangers(Set<String> names) {
    return 0;
  }

  @Override
  public void drop(Order order) {}

  @Override
  public void close() {}
}
