package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When to look again: no phase repeats faster than this without progress.
class PaceTest {
  private static final Duration DRIFT = Duration.ofMinutes(10);
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Wait, SwapPolicy.IfNotDrained.Abort);

  /// Of the service whose uid is `uid`: a fifth is spread over all services.
  private static final double JITTER = 0.88;

  private final World attached = rolled(new WorldLaws(POLICY).settled(World.start()));

  private static World rolled(World world) {
    return world.running(world.pods().rolledOut());
  }

  private static Duration again(Facts f, List<Outcome> outcomes, World world) {
    var plan = Planner.plan(f, world.now());
    return Aftermath.of(plan, outcomes, DRIFT, world.now()).again();
  }

  private static Duration jittered(Duration pace) {
    return Duration.ofNanos((long) (pace.toNanos() * JITTER));
  }

  private World preparing() {
    return attached.asking(attached.spec().on("b")).reconciled(-1, POLICY).getLast();
  }

  @Test
  void whatIsWellIsLookedAtInTheIntervalOfTheDrift() {
    assertThat(again(WorldFacts.of(attached, POLICY), List.of(), attached))
        .isEqualTo(jittered(DRIFT));
  }

  @Test
  void theNextPhaseBeginsAtOnce() {
    var edited = attached.asking(attached.spec().on("b"));

    assertThat(again(WorldFacts.of(edited, POLICY), List.of(), edited)).isEqualTo(Pace.AT_ONCE);
  }

  @ParameterizedTest
  @CsvSource({
    "ServerUnreachable, PT0S, PT0.2S",
    "ServerUnreachable, PT1S, PT0.5S",
    "ServerUnreachable, PT10M, PT30S",
    "PrivilegesIncomplete, PT4S, PT2S",
    "AdminRefused, PT0S, PT2S",
    "LoginRefused, PT1S, PT2S",
    "LoginRefused, PT20S, PT10S",
    "AdminRefused, PT10M, PT30S"
  })
  void whatFailsInAPhaseIsTriedAgainMoreAndMoreRarely(
      Reason reason, Duration inPhase, Duration again) {
    var world = preparing();
    var f = FactsOfTests.inPhase(WorldFacts.of(world, POLICY), inPhase);
    var action = Planner.plan(f, world.now()).actions().getFirst();
    var failed = new Outcome(action, new Outcome.Result.Failed(new Failure(reason, "no")));

    // the end of the fence's time is not missed either
    assertThat(again(f, List.of(failed), world))
        .isEqualTo(inPhase.compareTo(Duration.ofSeconds(10)) < 0 ? least(again, inPhase) : again);
  }

  private static Duration least(Duration again, Duration inPhase) {
    var left = Duration.ofSeconds(10).minus(inPhase);
    return again.compareTo(left) < 0 ? again : left;
  }

  @Test
  void theEndOfTheFencesTimeIsNotMissed() {
    var world = preparing();
    var f = FactsOfTests.inPhase(WorldFacts.of(world, POLICY), Duration.ofSeconds(9));
    var action = Planner.plan(f, world.now()).actions().getFirst();
    var failed =
        new Outcome(action, new Outcome.Result.Failed(new Failure(Reason.ServerUnreachable, "no")));

    assertThat(again(f, List.of(failed), world)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void sessionsAreGivenATenthOfASecond() {
    var world = preparing();
    while (!(world.memory().swap() instanceof Swap.Fence))
      world = world.reconciled(-1, POLICY).getLast();
    var f = WorldFacts.of(world, POLICY);
    var fence = Planner.plan(f, world.now()).actions().getFirst();

    assertThat(again(f, List.of(new Outcome(fence, new Outcome.Result.Draining(1))), world))
        .isEqualTo(Duration.ofMillis(100));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT1S", "PT8S, PT2S", "PT4M, PT1M", "PT10H, PT5M"})
  void troubleIsLookedAtByItsAge(Duration age, Duration again) {
    var silent = attached.mood("a", World.Mood.Down).asking(attached.spec().on("b"));
    var refused = silent.mood("b", World.Mood.Down);
    var f = unwell(WorldFacts.of(refused, POLICY), age, refused);

    assertThat(again(f, List.of(), refused)).isEqualTo(jittered(again));
  }

  private static Facts unwell(Facts f, Duration age, World world) {
    var m = f.memory();
    var memory =
        new Memory(
            m.active(),
            m.retained(),
            m.swap(),
            m.debts(),
            m.carriers(),
            m.held(),
            m.lastEpoch(),
            m.certificateEnds(),
            Optional.of(world.now().minus(age)),
            m.handledRetry(),
            m.unasked());
    return FactsOfTests.remembering(f, memory);
  }

  @ParameterizedTest
  @CsvSource({"PT8S, PT2S", "PT10H, PT30S"})
  void aDetachmentThatCannotEndIsTriedAgainEveryHalfMinute(Duration age, Duration again) {
    var leaving =
        attached
            .connected()
            .mood("a", World.Mood.Stuck)
            .asking(attached.spec().in(World.Life.Detached));
    var f = unwell(WorldFacts.of(leaving, POLICY), age, leaving);
    var outcomes = new ArrayList<Outcome>();
    for (var action : Planner.plan(f, leaving.now()).actions())
      outcomes.add(
          new Outcome(
              action,
              action instanceof Action.Fence
                  ? new Outcome.Result.Draining(1)
                  : new Outcome.Result.Done()));
    outcomes.removeIf(o -> o.action() instanceof Action.Unpublish);

    assertThat(again(f, outcomes, leaving)).isEqualTo(jittered(again));
  }

  @Test
  void podsThatRollAreLookedAtEveryTenSeconds() {
    var rolling = attached.running(new World.Pods(1, attached.pods().path(), false));

    assertThat(again(WorldFacts.of(rolling, POLICY), List.of(), rolling))
        .isEqualTo(jittered(Duration.ofSeconds(10)));
  }

  @ParameterizedTest
  @CsvSource({
    "Stuck, PT0S, PT5S",
    "Stuck, PT10M, PT10S",
    "Stuck, PT1H, PT30S",
    "Down, PT0S, PT30S",
    "Down, PT1H, PT30S"
  })
  void aDebtIsLookedAtMoreOftenWhileItsServerAnswers(
      World.Mood mood, Duration age, Duration again) {
    var proceeding =
        World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Proceed);
    var left = attached.connected().mood("a", mood).asking(attached.spec().on("b"));
    var owing = rolled(left.late(true));
    for (int i = 0; i < 8; i++)
      owing = rolled(owing.reconciled(-1, proceeding).getLast().late(true));
    assertThat(owing.memory().debts()).hasSize(1);
    owing = owing.at(owing.now().plus(age));

    assertThat(again(WorldFacts.of(owing, proceeding), List.of(), owing))
        .isEqualTo(jittered(again));
  }
}
