package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.model.SwapPolicy.IfUnreachable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What follows from the result of a fence, by the policy of the swap.
class FencesTest {
  private static final Failure WHY = new Failure(Reason.ServerUnreachable, "nobody is there");
  private static final Duration UNREACHABLE_FOR = Duration.ofSeconds(2);

  private static final SwapPolicy CAREFUL = World.policy(IfUnreachable.Wait, IfNotDrained.Abort);
  private static final SwapPolicy BOLD = World.policy(IfUnreachable.Proceed, IfNotDrained.Proceed);

  /// A swap from a to b that has come to its fence.
  private static World fencing(SwapPolicy policy) {
    var world = new WorldLaws(policy).settled(World.start());
    world = world.asking(world.spec().on("b"));
    while (!(world.memory().swap() instanceof Swap.Fence))
      world = world.reconciled(-1, policy).getLast();
    return world;
  }

  private static Optional<Swap> after(Outcome.Result result, SwapPolicy policy, boolean late) {
    var world = fencing(policy).late(late);
    var facts = WorldFacts.of(world, policy);
    var plan = Planner.plan(facts, world.now());
    var fence = plan.actions().stream().filter(Action.Fence.class::isInstance).findFirst();
    return Fences.next(
        world.memory().swap().lastMotion().orElseThrow(),
        facts.with(List.of(new Outcome(fence.orElseThrow(), result))),
        world.now());
  }

  private static Outcome.Result unanswered(int tries, Duration span) {
    return new Outcome.Result.Unanswered(WHY, tries, span);
  }

  private static void cut(Optional<Swap> next, FenceProof.Result proof) {
    assertThat(next)
        .hasValueSatisfying(
            swap ->
                assertThat(swap)
                    .isInstanceOfSatisfying(
                        Swap.Cut.class, c -> assertThat(c.proof().result()).isEqualTo(proof)));
  }

  @Test
  void aFenceNamesTheLoginInForceAndTheEpochThatTakesItsPlace() {
    var world = fencing(CAREFUL);
    var plan = Planner.plan(WorldFacts.of(world, CAREFUL), world.now());

    assertThat(plan.actions())
        .anySatisfy(
            action ->
                assertThat(action)
                    .isInstanceOfSatisfying(
                        Action.Fence.class,
                        f -> {
                          assertThat(f.server()).isEqualTo("a");
                          assertThat(f.logins()).extracting(Attachment::epoch).containsExactly(1L);
                          assertThat(f.superseding()).isEqualTo(2);
                        }));
  }

  @Test
  void aProofGoesOn() {
    var proof = new FenceProof(FenceProof.Result.Verified, "A/1@1", "", 3, World.START);

    cut(after(new Outcome.Result.Fenced(proof), CAREFUL, false), FenceProof.Result.Verified);
  }

  @Test
  void aRestartIsNoDeath() {
    assertThat(after(unanswered(2, Duration.ofMinutes(5)), BOLD, true)).isEmpty();
    assertThat(after(unanswered(9, UNREACHABLE_FOR.minusMillis(1)), BOLD, true)).isEmpty();
  }

  @Test
  void aServerThatIsGoneLongEnoughIsLeftWhereThePolicySaysSo() {
    cut(after(unanswered(3, UNREACHABLE_FOR), BOLD, false), FenceProof.Result.Unreachable);
    assertThat(after(unanswered(3, UNREACHABLE_FOR), CAREFUL, true)).isEmpty();
  }

  @Test
  void anotherServerUnderTheNameIsLeftLikeOneThatIsGone() {
    cut(after(new Outcome.Result.Stranger(WHY), BOLD, false), FenceProof.Result.Unreachable);
    assertThat(after(new Outcome.Result.Stranger(WHY), CAREFUL, true)).isEmpty();
  }

  @Test
  void sessionsThatRemainAreGivenTheirTime() {
    assertThat(after(new Outcome.Result.Draining(2), BOLD, false)).isEmpty();
    assertThat(after(new Outcome.Result.Failed(WHY), BOLD, false)).isEmpty();
    assertThat(after(new Outcome.Result.Silent(WHY), BOLD, false)).isEmpty();
  }

  @Test
  void whoeverProceedsLeavesSessionsBehindWithADebt() {
    for (var result :
        List.of(
            new Outcome.Result.Draining(2),
            new Outcome.Result.Failed(WHY),
            new Outcome.Result.Silent(WHY)))
      cut(after(result, BOLD, true), FenceProof.Result.SessionsRemain);
  }

  @Test
  void whoeverAbortsIsToldHowManyRemain() {
    assertThat(after(new Outcome.Result.Draining(2), CAREFUL, true))
        .hasValueSatisfying(
            swap ->
                assertThat(swap)
                    .isInstanceOfSatisfying(
                        Swap.Aborting.class, a -> assertThat(a.why()).endsWith("(2 left)")));
  }

  @Test
  void whatSaysNothingChangesNothing() {
    assertThat(after(new Outcome.Result.Unclear(WHY), BOLD, true)).isEmpty();
    assertThat(after(new Outcome.Result.Full(WHY), BOLD, true)).isEmpty();
    assertThat(after(new Outcome.Result.Done(), BOLD, true)).isEmpty();
  }

  @Test
  void oneThatIsSaidToBeGoneIsLeftWhateverThePolicySays() {
    var world = fencing(CAREFUL).named("a", n -> n.forgiving("L1")).mood("a", World.Mood.Down);
    var facts = WorldFacts.of(world, CAREFUL);
    var fence = Planner.plan(facts, world.now()).actions().getFirst();

    cut(
        Fences.next(
            world.memory().swap().lastMotion().orElseThrow(),
            facts.with(List.of(new Outcome(fence, unanswered(3, UNREACHABLE_FOR)))),
            world.now()),
        FenceProof.Result.Unreachable);
  }
}
