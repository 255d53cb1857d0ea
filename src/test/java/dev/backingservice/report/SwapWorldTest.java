package dev.backingservice.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.model.SwapPolicy.IfUnreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Searches every interleaving of edits, outages, stuck sessions and crashes up to a depth.
class SwapWorldTest {
  private static final int DEPTH = 13;
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
    var policy = new SwapPolicy(Duration.ofSeconds(10), silent, stuck, Duration.ofHours(1));
    Map<World, String> frontier = new LinkedHashMap<>();
    frontier.put(settled(World.start(), policy), "attached");
    Map<World, String> known = new LinkedHashMap<>(frontier);

    // When
    for (int depth = 0; depth < DEPTH; depth++) {
      Map<World, String> next = new LinkedHashMap<>();
      frontier.forEach(
          (world, path) ->
              moves(world, policy)
                  .forEach(
                      (name, moved) -> {
                        check(world, moved, path + " > " + name);
                        var last = moved.isEmpty() ? world : moved.getLast();
                        if (known.putIfAbsent(last, path + " > " + name) == null)
                          next.put(last, path + " > " + name);
                      }));
      frontier = next;
    }

    // Then
    known.forEach((world, path) -> converges(world, path, policy));
    assertThat(known.size()).as("worlds searched").isGreaterThan(3000);
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
      moves.put("edit " + name, List.of(w.edited(name)));
      moves.put(
          (w.server(name).up() ? "down " : "up ") + name,
          List.of(w.up(name, !w.server(name).up())));
      moves.put("stuck or not " + name, List.of(w.stuck(name, !w.server(name).stuck())));
    }
    moves.put("late", List.of(w.late(true)));
    return moves;
  }

  private static void check(World before, List<World> passed, String path) {
    var was = before;
    for (var world : passed) {
      noOldCredentialWorksUnlessOwed(world, path);
      if (!was.secret().equals(world.secret())) whatIsPublishedWorks(world, path);
      was = world;
    }
  }

  /// The invariant of the fence: once the binding names an epoch, no older one works anywhere
  /// it is not owed.
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
                    .open()
                    .forEach(
                        login -> {
                          long epoch = server.epoch(login);
                          if (epoch >= secret.active().epoch()) return;
                          assertThat(owed).as(path).anyMatch(debt -> of(debt, name, login));
                        }));
  }

  private static boolean of(Debt debt, String server, String login) {
    return debt.server().equals(server) && debt.attachment().login().equals(login);
  }

  private static void whatIsPublishedWorks(World world, String path) {
    Attachment active = world.secret().orElseThrow().active();
    boolean up = world.server(active.server()).up();
    boolean moved = world.memory().active().map(a -> !a.attachment().equals(active)).orElse(true);
    if (up && moved) assertThat(world.works(active)).as(path).isTrue();
  }

  /// When everything is well again and nobody edits, it comes to rest where it was asked to.
  private static void converges(World world, String path, SwapPolicy policy) {
    var rest =
        settled(world.up("a", true).up("b", true).stuck("a", false).stuck("b", false), policy);
    var active = rest.secret().orElseThrow(() -> new AssertionError(path)).active();
    assertThat(active.server()).as(path).isEqualTo(world.wanted());
    assertThat(rest.works(active)).as(path).isTrue();
    assertThat(rest.memory().debts()).as(path).isEmpty();
    assertThat(rest.secret().get().debts()).as(path).isEmpty();
    rest.servers()
        .forEach(
            (name, server) ->
                server
                    .open()
                    .forEach(
                        login ->
                            assertThat(name + "/" + login)
                                .as(path)
                                .isEqualTo(active.server() + "/" + active.login())));
  }

  private static World settled(World world, SwapPolicy policy) {
    var now = world;
    for (int i = 0; i < PATIENCE; i++)
      now = now.later(Duration.ofHours(1)).reconciled(-1, policy).getLast();
    return new World(
        now.wanted(),
        now.servers(),
        now.secret(),
        now.memory(),
        false,
        World.START.plus(Duration.ofDays(10)));
  }
}
