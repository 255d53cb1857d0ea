package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.model.SwapPolicy.IfUnreachable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Searches the interleavings of everything that can happen to one service: breadth first up to a
/// number of states, then along walks that go deeper. The walks are the same each time.
class SwapWorldTest {
  private static final int STATES = Integer.getInteger("backing.states", 50_000);
  private static final int LENGTH = 40;

  static Stream<Arguments> policies() {
    return Stream.of(IfUnreachable.values())
        .flatMap(u -> Stream.of(IfNotDrained.values()).map(d -> Arguments.of(u, d)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void nothingEverWritesOnTwoServersAndItAlwaysConverges(IfUnreachable silent, IfNotDrained stuck) {
    // Given
    var laws = new WorldLaws(World.policy(silent, stuck));
    var start = new Visit(laws.settled(World.start()), World.start(), "attached");
    var search = new Search(laws, new HashSet<>(), new ArrayList<>());
    search.isNew(start);

    // When
    breadthFirst(start, search, STATES / 16);
    for (int seed = 0; search.size() < STATES / 4; seed++) walk(start, search, seed);

    // Then
    search.holdsAtRest();
    System.out.printf("searched %,d worlds: %s, %s%n", search.size(), silent, stuck);
  }

  /// What was seen, by a hash of 64 bits, and what of it is still to be played to its rest.
  private record Search(WorldLaws laws, Set<Long> known, List<Visit> open) {
    private static final int BATCH = 10_000;

    int size() {
      return known.size();
    }

    boolean isNew(Visit visit) {
      var world = visit.world;
      long other = 31L * world.memory().hashCode() + world.names().hashCode();
      if (!known.add((long) world.hashCode() << 32 ^ other)) return false;
      open.add(visit);
      if (open.size() >= BATCH) holdsAtRest();
      return true;
    }

    /// Says what is wrong with the world that is reached in the fewest steps.
    void holdsAtRest() {
      var broken =
          open.parallelStream()
              .flatMap(visit -> broken(visit, laws).stream())
              .min(Comparator.comparingInt(said -> said.steps))
              .map(Broken::sentence);
      assertThat(broken).isEmpty();
      open.clear();
    }
  }

  /// Plays one path that a search printed, and what follows when everything is well again:
  /// `-Dbacking.path="attached > edit b > ..."`, `-Dbacking.policy=Proceed,Abort`.
  @Test
  @EnabledIfSystemProperty(named = "backing.path", matches = ".+")
  void playsOnePath() {
    var policy = System.getProperty("backing.policy", "Proceed,Abort").split(",");
    var laws =
        new WorldLaws(
            World.policy(IfUnreachable.valueOf(policy[0]), IfNotDrained.valueOf(policy[1])));
    var visit = new Visit(laws.settled(World.start()), World.start(), "attached");
    for (var step : System.getProperty("backing.path").split(" > ")) {
      if (step.equals("attached")) continue;
      var move = move(visit, step, laws);
      var passed = move.worlds().get();
      passed.forEach(world -> System.out.printf("%s%n%s%n", step, world));
      if (move.ours()) laws.holdAlong(visit.world, passed, visit.path + " > " + step);
      visit = visit.then(step, passed);
    }
    laws.told(visit.world).forEach(System.out::println);
    laws.holdAtRest(visit.world, visit.path);
  }

  private static WorldMoves.Move move(Visit visit, String name, WorldLaws laws) {
    return WorldMoves.of(visit.world, visit.earlier, laws.policy()).stream()
        .filter(m -> m.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private record Broken(int steps, String sentence) {}

  private static Optional<Broken> broken(Visit visit, WorldLaws laws) {
    try {
      laws.holdAtRest(visit.world, visit.path);
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(new Broken(visit.path.split(">").length, visit.path + "\n" + e));
    }
  }

  /// @param earlier the world before the last change of the Secret: what a backup holds
  private record Visit(World world, World earlier, String path) {
    Visit then(String name, List<World> passed) {
      var before = earlier;
      var was = world;
      for (var next : passed) {
        if (!was.secret().equals(next.secret())) before = was;
        was = next;
      }
      return new Visit(was, before, path + " > " + name);
    }
  }

  private static void breadthFirst(Visit start, Search search, int limit) {
    var frontier = List.of(start);
    while (search.size() < limit && !frontier.isEmpty()) {
      var next = new ArrayList<Visit>();
      for (var visit : frontier)
        for (var move : WorldMoves.of(visit.world, visit.earlier, search.laws.policy()))
          if (search.size() < limit)
            taken(visit, move, search).filter(search::isNew).ifPresent(next::add);
      frontier = next;
    }
  }

  private static void walk(Visit start, Search search, int seed) {
    var random = new Random(seed);
    var visit = start;
    for (int i = 0; i < LENGTH; i++) {
      var move = WorldMoves.any(visit.world, visit.earlier, search.laws.policy(), random);
      visit = taken(visit, move, search).orElse(visit);
      search.isNew(visit);
    }
  }

  private static Optional<Visit> taken(Visit from, WorldMoves.Move move, Search search) {
    var passed = move.worlds().get();
    if (passed.isEmpty()) return Optional.empty();
    if (move.ours()) search.laws.holdAlong(from.world, passed, from.path + " > " + move.name());
    return Optional.of(from.then(move.name(), passed));
  }
}
