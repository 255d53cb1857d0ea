package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.model.SwapPolicy.IfUnreachable;
import dev.backingservice.plan.World.Mood;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Searches the interleavings of edits, re-points, detachments, outages, stuck and refusing
/// servers, clients that hold on, and crashes, breadth first up to a number of states.
class SwapWorldTest {
  private static final int STATES = Integer.getInteger("backing.states", 50_000);
  private static final int CRASHES = 5;
  private static final int PATIENCE = 60;

  static Stream<Arguments> policies() {
    return Stream.of(IfUnreachable.values())
        .flatMap(u -> Stream.of(IfNotDrained.values()).map(d -> Arguments.of(u, d)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void nothingEverWritesOnTwoServersAndItAlwaysConverges(IfUnreachable silent, IfNotDrained stuck) {
    // Given
    var policy =
        new SwapPolicy(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            silent,
            stuck,
            Duration.ofHours(1),
            Duration.ZERO);
    Map<World, String> frontier = new LinkedHashMap<>();
    frontier.put(settled(World.start(), policy), "attached");
    Map<World, String> known = new LinkedHashMap<>(frontier);

    // When
    while (known.size() < STATES / 4 && !frontier.isEmpty())
      frontier = next(frontier, known, policy);

    // Then
    known.forEach((world, path) -> converges(world, path, policy));
    assertThat(known.size()).as("worlds searched").isGreaterThanOrEqualTo(STATES / 4);
    System.out.printf("searched %,d worlds: %s, %s%n", known.size(), silent, stuck);
  }

  private static Map<World, String> next(
      Map<World, String> frontier, Map<World, String> known, SwapPolicy policy) {
    Map<World, String> next = new LinkedHashMap<>();
    frontier.forEach(
        (world, path) -> {
          if (known.size() < STATES / 4)
            moves(world, policy)
                .forEach(
                    (name, moved) -> {
                      check(world, moved, path + " > " + name);
                      var last = moved.isEmpty() ? world : moved.getLast();
                      if (known.putIfAbsent(last, path + " > " + name) == null)
                        next.put(last, path + " > " + name);
                    });
        });
    return next;
  }

  /// Everything that can happen next: each with the worlds it passes through.
  private static Map<String, List<World>> moves(World w, SwapPolicy policy) {
    var moves = new LinkedHashMap<String, List<World>>();
    moves.put("reconcile", w.reconciled(-1, policy));
    for (int n = 1; n <= CRASHES; n++) {
      var crashed = w.reconciled(n, policy);
      if (crashed.size() == n) moves.put("crash after " + n, crashed);
    }
    for (var name : List.of("a", "b")) {
      moves.put("edit " + name, List.of(w.asking(w.spec().on(name))));
      for (var mood : Mood.values())
        if (w.server(name).mood() != mood)
          moves.put(mood + " " + name, List.of(w.mood(name, mood)));
      for (var login : World.LOGINS.all())
        moves.put("hang up " + login + " on " + name, List.of(w.hungUp(name, login)));
    }
    moves.put("reshape", List.of(w.asking(w.spec().shaped(1 - w.spec().shape()))));
    for (var state : Intent.State.values())
      moves.put(state.name(), List.of(w.asking(w.spec().in(state))));
    moves.put("connect", List.of(w.connected()));
    moves.put("late", List.of(w.late(true)));
    return moves;
  }

  private static void check(World before, List<World> passed, String path) {
    var was = before;
    for (var world : passed) {
      noOldCredentialWorksUnlessOwed(world, path);
      if (!was.secret().equals(world.secret())) whatIsPublishedWorks(was, world, path);
      was = world;
    }
  }

  /// The invariant of the fence: once the binding names an epoch, no older one works anywhere it is
  /// not owed; but for the one of an overlap on the same server.
  private static void noOldCredentialWorksUnlessOwed(World world, String path) {
    if (world.secret().isEmpty()) return;
    var secret = world.secret().get();
    var owed = new ArrayList<>(secret.debts());
    owed.addAll(world.memory().debts());
    world
        .servers()
        .forEach(
            (name, server) ->
                server
                    .logins()
                    .forEach(
                        (login, l) -> {
                          if (!(l.open() || l.used()) || l.epoch() >= secret.active().epoch())
                            return;
                          if (overlaps(world, name)) return;
                          assertThat(owed)
                              .as(() -> path + "\n" + world)
                              .anyMatch(debt -> of(debt, name, login));
                        }));
  }

  private static boolean overlaps(World world, String server) {
    var active = world.secret().orElseThrow().active();
    return active.server().equals(server);
  }

  private static boolean of(Debt debt, String server, String login) {
    return debt.server().equals(server) && debt.attachment().login().equals(login);
  }

  private static void whatIsPublishedWorks(World was, World world, String path) {
    if (world.secret().isEmpty()) return;
    Attachment active = world.secret().get().active();
    boolean cut = was.secret().filter(s -> s.active().same(active)).isEmpty();
    if (cut) assertThat(world.works(active)).as(path).isTrue();
  }

  /// When everything is well again and nobody edits, it comes to rest where it was asked to.
  private static void converges(World world, String path, SwapPolicy policy) {
    var healed = world.mood("a", Mood.Well).mood("b", Mood.Well);
    for (var name : List.of("a", "b"))
      for (var login : World.LOGINS.all()) healed = healed.hungUp(name, login);
    var rest = settled(healed, policy);
    assertThat(rest.memory().debts()).as(() -> path + "\n" + rest).isEmpty();
    if (rest.spec().state() == Intent.State.Detached) {
      assertThat(rest.secret()).as(path).isEmpty();
      rest.servers().forEach((name, server) -> nobodyGetsIn(path, server));
      return;
    }
    var active = rest.secret().orElseThrow(() -> new AssertionError(path)).active();
    assertThat(active.server()).as(() -> path + "\n" + rest).isEqualTo(rest.spec().server());
    assertThat(rest.works(active)).as(() -> path + "\n" + rest).isTrue();
    assertThat(rest.secret().get().debts()).as(path).isEmpty();
    rest.servers()
        .forEach(
            (name, server) ->
                server
                    .logins()
                    .forEach(
                        (login, l) -> {
                          if (l.open())
                            assertThat(name + "/" + login)
                                .as(() -> path + "\n" + rest)
                                .isEqualTo(active.server() + "/" + active.login());
                        }));
  }

  private static void nobodyGetsIn(String path, World.Server server) {
    assertThat(server.logins().values()).as(path).noneMatch(World.Login::open);
  }

  private static World settled(World world, SwapPolicy policy) {
    var now = world;
    for (int i = 0; i < PATIENCE; i++)
      now = now.at(now.now().plus(Duration.ofHours(1))).reconciled(-1, policy).getLast();
    return new World(
        now.spec(),
        now.servers(),
        now.secret(),
        now.memory(),
        false,
        World.START.plus(Duration.ofDays(10)));
  }
}
