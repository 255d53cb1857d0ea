package dev.backingservice.observe;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Following;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Inventory;
import dev.backingservice.plan.Probe;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// @param advance whether sequences that are behind are set after the fence
  Probe probe(Attachment from, Order order, boolean advance) {
    var served = directory.find(order.place().server());
    if (served.isEmpty()) return untold(Optional.empty(), Optional.empty());
    try (var there = served.get().open()) {
      there.checkClaim(order);
      var serverId = there.identity().serverId();
      var target = new Target(there, serverId, there.inventory(order));
      return beside(from, order, target, advance);
    } catch (EngineException e) {
      return new Probe(
          Optional.of(failure(order.place().server(), e)),
          Probe.Sameness.Untold,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /// @param inventory of the new place; empty where the engine compares nothing
  private record Target(Session session, String serverId, Optional<Inventory> inventory) {
    /// Whether its contents need no comparison: the same place of one server, or of a physical
    /// copy.
    boolean alike(Attachment from, Order order, Probe.Sameness sameness) {
      return from.place().scope().equals(order.place().scope())
          && (sameness == Probe.Sameness.Same || serverId.equals(from.serverId()));
    }
  }

  private Probe beside(Attachment from, Order order, Target target, boolean advance) {
    if (from.server().equals(order.place().server()))
      return compared(from, order, target, target.session, Probe.Sameness.Same);
    var old = directory.find(from.server());
    var alone = target.inventory.map(PreflightProbe::alone);
    if (old.isEmpty()) return untold(alone, Optional.empty());
    try (var here = old.get().open()) {
      var sameness =
          same(here, target.session, random) ? Probe.Sameness.Same : Probe.Sameness.Different;
      var probe = compared(from, order, target, here, sameness);
      if (target.alike(from, order, sameness)) return probe;
      var following = new Following(order.at(from.place()), order, advance);
      return probe.closed(following.before(here, target.session));
    } catch (EngineException e) {
      return untold(alone, unread(from, e));
    }
  }

  private Probe compared(
      Attachment from, Order order, Target target, Session here, Probe.Sameness sameness) {
    var fence = fence(here, order.at(from.place()), from);
    var alone = target.inventory.map(PreflightProbe::alone);
    try {
      boolean needless = target.inventory.isEmpty() || target.alike(from, order, sameness);
      var before = needless ? Optional.<Inventory>empty() : here.inventory(order.at(from.place()));
      var contents =
          before.isEmpty() ? alone : target.inventory.map(there -> contents(before.get(), there));
      return new Probe(
          Optional.empty(), sameness, contents, Optional.empty(), fence, Optional.empty());
    } catch (EngineException e) {
      return new Probe(Optional.empty(), sameness, alone, unread(from, e), fence, Optional.empty());
    }
  }

  /// A server that lets nobody in any more is one that cannot be asked, whoever is connected still.
  private Optional<Failure> unread(Attachment from, EngineException e) {
    return e.silent() ? Optional.empty() : Optional.of(failure(from.server(), e));
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

  private static Probe untold(Optional<Probe.Contents> contents, Optional<Failure> unread) {
    return new Probe(
        Optional.empty(),
        Probe.Sameness.Untold,
        contents,
        unread,
        Optional.empty(),
        Optional.empty());
  }

  private static Probe.Contents alone(Inventory there) {
    return new Probe.Contents(there.size(), new Probe.Before.Unread());
  }

  private static Probe.Contents contents(Inventory before, Inventory there) {
    return new Probe.Contents(
        there.size(),
        before instanceof Inventory.Names had && there instanceof Inventory.Names has
            ? named(had.names(), has)
            : new Probe.Before.Counted(before.size()));
  }

  private static Probe.Before named(Set<String> had, Inventory.Names has) {
    var missing = had.stream().filter(name -> !has.names().contains(name)).sorted().toList();
    return new Probe.Before.Named(
        missing.stream().filter(n -> !has.closed().containsKey(n)).limit(NAMED).toList(),
        has.closed().entrySet().stream()
            .filter(e -> had.contains(e.getKey()))
            .min(Map.Entry.comparingByKey())
            .map(e -> new Probe.Closed(e.getKey(), e.getValue())));
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
