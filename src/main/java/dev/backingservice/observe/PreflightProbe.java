package dev.backingservice.observe;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Probe;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// The preflight's reading: the old and the new server side by side.
public final class PreflightProbe {
  private static final int NAMED = 3;
  private final Directory directory;
  private final RandomGenerator random;

  public PreflightProbe(Directory directory, RandomGenerator random) {
    this.directory = directory;
    this.random = random;
  }

  /// @param write why the binding Secret could not be written
  Probe probe(Attachment from, Order order, Optional<Failure> write) {
    var target = directory.find(order.place().server());
    if (target.isEmpty()) return untold(Optional.empty(), write);
    try (var there = target.get().open()) {
      var serverId = there.identity().serverId();
      return beside(
          from, order, new Target(there, serverId, there.inventory(order.place())), write);
    } catch (EngineException e) {
      return new Probe(
          Optional.of(failure(order.place().server(), e)),
          Probe.Sameness.Untold,
          Optional.empty(),
          Optional.empty(),
          write);
    }
  }

  /// @param inventory of the new place; empty where the engine compares nothing
  private record Target(Session session, String serverId, Optional<Inventory> inventory) {}

  private Probe beside(Attachment from, Order order, Target target, Optional<Failure> write) {
    var old = directory.find(from.server());
    var alone = target.inventory.map(PreflightProbe::alone);
    if (old.isEmpty()) return untold(alone, write);
    try (var here = old.get().open()) {
      return new Probe(
          Optional.empty(),
          same(here, target.session, random) ? Probe.Sameness.Same : Probe.Sameness.Different,
          target.inventory.map(
              there -> copy(from, target) ? alone(there) : contents(here, from.place(), there)),
          fence(here, order.at(from.place()), from),
          write);
    } catch (EngineException e) {
      return untold(alone, write);
    }
  }

  /// The contents of a physical copy need no comparison.
  private static boolean copy(Attachment from, Target target) {
    return target.serverId.equals(from.serverId());
  }

  /// Whether each of them sees what the other one shows: one that lies can say that it sees, and
  /// cannot make the other one say so.
  static boolean same(Session here, Session there, RandomGenerator random) throws EngineException {
    return here.identity().instanceId().equals(there.identity().instanceId())
        && seen(here, there, random)
        && seen(there, here, random);
  }

  private static boolean seen(Session lit, Session by, RandomGenerator random)
      throws EngineException {
    try (var beacon = lit.beacon(random.nextLong())) {
      return by.sees(beacon);
    }
  }

  private static Probe untold(Optional<Probe.Contents> contents, Optional<Failure> write) {
    return new Probe(Optional.empty(), Probe.Sameness.Untold, contents, Optional.empty(), write);
  }

  private static Probe.Contents alone(Inventory there) {
    return new Probe.Contents(there.size(), false, List.of());
  }

  private static Probe.Contents contents(Session here, Place place, Inventory there) {
    try {
      var before = here.inventory(place);
      if (before.isEmpty()) return alone(there);
      var missing = new TreeSet<>(before.get().names());
      missing.removeAll(there.names());
      return new Probe.Contents(there.size(), true, missing.stream().limit(NAMED).toList());
    } catch (EngineException e) {
      return alone(there);
    }
  }

  private Optional<Failure> fence(Session here, Order order, Attachment from) {
    try {
      return here.identity().writable()
          ? here.fenceable(order, from)
              .map(f -> new Failure(f.reason(), directory.discreet(from.server(), f.message())))
          : Optional.empty();
    } catch (EngineException e) {
      return Optional.of(failure(from.server(), e));
    }
  }

  private Failure failure(String server, EngineException e) {
    return new Failure(e.reason(), directory.discreet(server, e.sentence()));
  }
}
