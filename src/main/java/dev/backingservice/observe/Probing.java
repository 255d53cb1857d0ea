package dev.backingservice.observe;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.plan.Probe;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// The preflight's reading: the old and the new server side by side.
final class Probing {
  private static final int NAMED = 3;
  private final Directory directory;
  private final RandomGenerator random;

  Probing(Directory directory, RandomGenerator random) {
    this.directory = directory;
    this.random = random;
  }

  /// @param write why the binding Secret could not be written
  Probe probe(Attachment from, Claim claim, Optional<Failure> write) {
    var target = directory.find(claim.place().server());
    if (target.isEmpty())
      return new Probe(
          Optional.empty(), Probe.Sameness.Untold, Optional.empty(), Optional.empty(), write);
    try (var there = target.get().engine().open(target.get().server())) {
      var relations = there.relations(claim.place());
      return beside(from, claim, new Target(there, relations), write);
    } catch (EngineException e) {
      return new Probe(
          Optional.of(failure(e)),
          Probe.Sameness.Untold,
          Optional.empty(),
          Optional.empty(),
          write);
    }
  }

  private Probe beside(Attachment from, Claim claim, Target target, Optional<Failure> write) {
    var old = directory.find(from.server());
    var alone = Optional.of(new Probe.Contents(target.relations.size(), false, List.of()));
    if (old.isEmpty()) return untold(alone, write);
    try (var here = old.get().engine().open(old.get().server())) {
      var sameness =
          here.sameInstance(target.session, random.nextLong())
              ? Probe.Sameness.Same
              : Probe.Sameness.Different;
      var before = claimAt(claim, from.place());
      return new Probe(
          Optional.empty(),
          sameness,
          Optional.of(contents(here, from.place(), target.relations)),
          fence(here, before, from),
          write);
    } catch (EngineException e) {
      return untold(alone, write);
    }
  }

  private static Probe untold(Optional<Probe.Contents> contents, Optional<Failure> write) {
    return new Probe(Optional.empty(), Probe.Sameness.Untold, contents, Optional.empty(), write);
  }

  private static Claim claimAt(Claim claim, Place place) {
    return new Claim(claim.service(), place, claim.access(), claim.limits(), claim.sharedWith());
  }

  private static Probe.Contents contents(Session here, Place place, Set<String> there) {
    try {
      var missing = new TreeSet<>(here.relations(place));
      missing.removeAll(there);
      return new Probe.Contents(there.size(), true, missing.stream().limit(NAMED).toList());
    } catch (EngineException e) {
      return new Probe.Contents(there.size(), false, List.of());
    }
  }

  private static Optional<Failure> fence(Session here, Claim claim, Attachment from) {
    try {
      if (here.identity().writable()) here.fenceable(claim, from);
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(failure(e));
    }
  }

  private static Failure failure(EngineException e) {
    return new Failure(e.reason(), e.sentence());
  }

  private record Target(Session session, Set<String> relations) {}
}
