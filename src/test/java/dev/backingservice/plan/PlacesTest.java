package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.SwapPolicy;
import org.junit.jupiter.api.Test;

/// When the search for credentials that nobody remembers is over.
class PlacesTest {
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Abort);
  private final World world = new WorldLaws(POLICY).settled(World.start()).searched(false);

  private static Facts facts(World world) {
    return WorldFacts.of(world, POLICY);
  }

  @Test
  void itIsOverWhereEveryServerAnsweredAndHoldsNothing() {
    assertThat(Places.settled(facts(world))).isTrue();
  }

  @Test
  void aServerThatDoesNotAnswerIsAskedAgainThoughNothingIsToBeFenced() {
    var dead = facts(world.mood("b", World.Mood.Down));

    assertThat(Places.fenced(dead)).isTrue();
    assertThat(Places.settled(dead)).isFalse();
  }

  @Test
  void aLoginThatNobodyRemembersAndThatWorksKeepsItGoing() {
    var login = world.at("a").find("login_a").orElseThrow();
    var stray = facts(world.with("B", world.at("b").with("login_a", login)));

    assertThat(Places.fenced(stray)).isFalse();
    assertThat(Places.settled(stray)).isFalse();
  }
}
