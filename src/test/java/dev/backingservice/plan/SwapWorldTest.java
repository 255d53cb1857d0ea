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
  private static final int FINDS = Integer.getInteger("backing.finds", 3);
  private static final int SEED = Integer.getInteger("backing.seed", 0);
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

    // When
    var search = searched(laws, STATES);

    // Then
    assertThat(shortened(search.broken, laws)).isEmpty();
    System.out.printf("searched %,d worlds: %s, %s%n", search.known.size(), silent, stuck);
  }

  /// The same where tenants hand the credentials over: no server is touched.
  @ParameterizedTest
  @MethodSource("policies")
  void aGivenCredentialFollowsEveryEdit(IfUnreachable silent, IfNotDrained stuck) {
    // Given
    var laws = new WorldLaws(World.policy(silent, stuck), World.startGiven());

    // When
    var search = searched(laws, STATES / 4);

    // Then
    assertThat(shortened(search.broken, laws)).isEmpty();
    System.out.printf("searched %,d worlds: given, %s, %s%n", search.known.size(), silent, stuck);
  }

  /// @param states of all policies together
  private static Search searched(WorldLaws laws, int states) {
    var search = new Search(laws, new HashSet<>(), new ArrayList<>(), new ArrayList<>());
    var start = Visit.first(laws);
    search.isNew(start);
    breadthFirst(start, search, states / 16);
    for (int seed = SEED; search.goesOn(states / 4); seed++) walk(start, search, seed);
    search.playOpen();
    return search;
  }

  /// What was seen, by a hash of 64 bits, what of it is still to be played to its rest, and the
  /// paths that break a law.
  private record Search(WorldLaws laws, Set<Long> known, List<Visit> open, List<String> broken) {
    private static final int BATCH = 10_000;

    /// Whether there are fewer worlds than that, and not enough is broken.
    boolean goesOn(int worlds) {
      return known.size() < worlds && broken.size() < FINDS;
    }

    boolean isNew(Visit visit) {
      var world = visit.world;
      long other = 31L * world.memory().hashCode() + world.names().hashCode();
      if (!known.add((long) world.hashCode() << 32 ^ other)) return false;
      open.add(visit);
      if (open.size() >= BATCH) playOpen();
      return true;
    }

    /// Plays what is open to its rest.
    void playOpen() {
      open.parallelStream()
          .filter(visit -> breaks(() -> laws.holdAtRest(visit.world, "")).isPresent())
          .map(visit -> visit.path)
          .sorted(Comparator.comparingInt(path -> path.split(">").length))
          .forEachOrdered(broken::add);
      open.clear();
    }
  }

  /// The first of the broken paths, without the steps that it does not need, and what it breaks.
  private static List<String> shortened(List<String> broken, WorldLaws laws) {
    return broken.stream().limit(FINDS).map(path -> shortened(path, laws)).distinct().toList();
  }

  private static String shortened(String path, WorldLaws laws) {
    var steps = new ArrayList<>(List.of(path.split(" > ")));
    var law = law(broken(steps, laws).orElseThrow());
    for (int length = steps.size() / 2; length > 0; length /= 2)
      for (int at = steps.size() - length; at > 0; at--) {
        if (at + length > steps.size()) continue;
        var fewer = new ArrayList<>(steps);
        fewer.subList(at, at + length).clear();
        if (broken(fewer, laws).filter(said -> law(said).equals(law)).isPresent()) steps = fewer;
      }
    return broken(steps, laws).orElseThrow();
  }

  private static String law(String said) {
    return said.replaceAll("attached > .*", "").lines().findFirst().orElse("");
  }

  /// What the steps of a path break; a step that cannot be taken is left out.
  private static Optional<String> broken(List<String> steps, WorldLaws laws) {
    var visit = Visit.first(laws);
    for (var step : steps) {
      var from = visit;
      var move = moves(from, laws).filter(m -> m.name().equals(step)).findFirst();
      var passed = move.map(m -> m.worlds().get()).orElse(List.of());
      if (passed.isEmpty()) continue;
      visit = from.then(step, passed);
      var path = visit.path;
      var broken =
          move.orElseThrow().ours()
              ? breaks(() -> laws.holdAlong(from.world, passed, path))
              : Optional.<String>empty();
      if (broken.isPresent()) return broken;
    }
    var last = visit;
    return breaks(() -> laws.holdAtRest(last.world, last.path));
  }

  private static Optional<String> breaks(Runnable law) {
    try {
      law.run();
      return Optional.empty();
    } catch (AssertionError | RuntimeException e) {
      return Optional.of(e.toString());
    }
  }

  /// Plays one path that a search printed, what follows when everything is well again, and what of
  /// the path is enough to break the same law:
  /// `-Dbacking.path="attached > edit b > ..."`, `-Dbacking.policy=Proceed,Abort` or, where
  /// credentials are handed over, `Proceed,Abort,given`.
  @Test
  @EnabledIfSystemProperty(named = "backing.path", matches = ".+")
  void playsOnePath() {
    var policy = System.getProperty("backing.policy", "Proceed,Abort").split(",");
    var laws =
        new WorldLaws(
            World.policy(IfUnreachable.valueOf(policy[0]), IfNotDrained.valueOf(policy[1])),
            policy.length > 2 ? World.startGiven() : World.start());
    var visit = Visit.first(laws);
    var path = System.getProperty("backing.path");
    for (var step : path.split(" > ")) {
      if (step.equals("attached")) continue;
      var move = move(visit, step, laws);
      var passed = move.worlds().get();
      passed.forEach(world -> System.out.printf("%s%n%s%n", step, world));
      visit = visit.then(step, passed);
    }
    laws.told(visit.world).forEach(System.out::println);
    assertThat(broken(List.of(path.split(" > ")), laws).map(_ -> shortened(path, laws))).isEmpty();
  }

  private static WorldMoves.Move move(Visit visit, String name, WorldLaws laws) {
    return moves(visit, laws).filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<WorldMoves.Move> moves(Visit visit, WorldLaws laws) {
    return WorldMoves.of(visit.world, visit.earlier, laws.policy()).stream();
  }

  /// @param earlier the world before the last change of the Secret: what a backup holds
  private record Visit(World world, World earlier, String path) {
    static Visit first(WorldLaws laws) {
      return new Visit(laws.settled(laws.start()), laws.start(), "attached");
    }

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
    while (search.goesOn(limit) && !frontier.isEmpty()) {
      var next = new ArrayList<Visit>();
      for (var visit : frontier)
        for (var move : WorldMoves.of(visit.world, visit.earlier, search.laws.policy()))
          if (search.goesOn(limit))
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

  /// Empty when the step cannot be taken, or breaks a law.
  private static Optional<Visit> taken(Visit from, WorldMoves.Move move, Search search) {
    var passed = move.worlds().get();
    if (passed.isEmpty()) return Optional.empty();
    var visit = from.then(move.name(), passed);
    boolean broken =
        move.ours()
            && breaks(() -> search.laws.holdAlong(from.world, passed, visit.path)).isPresent();
    if (broken) search.broken.add(visit.path);
    return broken ? Optional.empty() : Optional.of(visit);
  }
}
