package dev.backingservice.engine.generic;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a handshake showed. The provider keeps the accounts: none is found, made or locked here.
record GenericSession(Server server, Connections.Seen seen) implements Session {

  /// It tells nothing of itself: its lineage is that of the resource, and its process is whoever
  /// has its address.
  @Override
  public Identity identity() {
    return new Identity(server.uid(), server.data().toString(), "", "", Identity.Role.Primary, "");
  }

  @Override
  public Sight look(Order order, Set<String> logins) {
    return new Sight(identity(), new Standing(Map.of()));
  }

  @Override
  public Examination examine() {
    return new Examination(server.unverified().stream().toList(), seen.protection(), Set.of());
  }

  @Override
  public Optional<Inventory> inventory(Place place) {
    return Optional.empty();
  }

  @Override
  public void checkClaim(Order order) {}

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) {
    return Optional.empty();
  }

  @Override
  public Beacon beacon(long key) {
    return new Address(server.data().toString(), key);
  }

  @Override
  public boolean sees(Beacon beacon) {
    return beacon.kind() == EngineKind.Generic && beacon.where().equals(server.data().toString());
  }

  /// Two names are one server where they have one address.
  private record Address(String where, long key) implements Beacon {
    @Override
    public EngineKind kind() {
      return EngineKind.Generic;
    }

    @Override
    public String holder() {
      return "";
    }

    @Override
    public void close() {}
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
