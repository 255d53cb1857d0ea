package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is remembered after a plan was carried out.
class RecollectionTest {
  private static final SwapPolicy POLICY =
      World.policy(SwapPolicy.IfUnreachable.Proceed, SwapPolicy.IfNotDrained.Abort);

  /// A publication that nobody knows the end of is no lost memory: or every server would have to be
  /// asked before the next try, and it would take another epoch.
  @Test
  void aFirstPublicationThatFailedIsRemembered() {
    // Given
    var facts = WorldFacts.of(World.start(), POLICY);
    var plan = Planner.plan(facts, World.START);
    var outcomes = new ArrayList<Outcome>();
    for (var action : plan.actions()) {
      boolean published = action instanceof Action.Publish;
      var unclear = new Outcome.Result.Unclear(new Failure(Reason.Pending, "no answer"));
      outcomes.add(new Outcome(action, published ? unclear : new Outcome.Result.Done()));
      if (published) break;
    }

    // When
    var memory = Aftermath.of(plan, outcomes, Duration.ofMinutes(10), World.START).memory();

    // Then
    assertThat(memory.active()).isEmpty();
    assertThat(memory.lastEpoch()).isEqualTo(1);
    assertThat(memory.isBlank()).isFalse();
  }

  /// Between the plan and the certificate the clock goes on: what was recorded otherwise than it is
  /// would be written once more after each restart.
  @Test
  void theEndOfACertificateIsTheOneThatWasWritten() {
    // Given
    var facts = WorldFacts.of(World.start(), POLICY);
    var plan = Planner.plan(facts, World.START);
    var ends = World.START.plus(Duration.ofDays(90)).minusSeconds(1);
    var outcomes =
        plan.actions().stream()
            .map(
                action ->
                    new Outcome(
                        action,
                        action instanceof Action.Publish
                            ? new Outcome.Result.Written(ends)
                            : new Outcome.Result.Done()))
            .toList();

    // When
    var memory = Aftermath.of(plan, outcomes, Duration.ofMinutes(10), World.START).memory();

    // Then
    assertThat(memory.certificateEnds()).contains(ends);
  }

  /// Of a login that was used again and again, the last credential is enough.
  @Test
  void theOnlyFormerLoginOnAServerIsNotForgottenForManyOnAnother() {
    // Given
    var attached = new WorldLaws(POLICY).settled(World.start());
    var active = attached.memory().active().orElseThrow().attachment();
    var retained = new ArrayList<Memory.Retained>();
    for (int epoch = 20; epoch > 3; epoch--)
      retained.add(
          former(active, "b", epoch % 2 == 0 ? World.LOGINS.a() : World.LOGINS.b(), epoch));
    retained.add(former(active, "c", World.LOGINS.b(), 2));
    var m = attached.memory();
    var remembered =
        new Memory(
            m.active(),
            retained,
            m.swap(),
            m.debts(),
            m.carriers(),
            m.held(),
            20,
            m.certificateEnds(),
            m.unwellSince(),
            m.handledRetry(),
            m.unasked());
    var facts = WorldFacts.recorded(attached.remembering(remembered), POLICY);

    // When
    var after =
        Aftermath.of(
            new Plan(facts, m.swap(), List.of(), Optional.empty()),
            List.of(),
            Duration.ofMinutes(10),
            World.START);

    // Then
    assertThat(after.memory().retained())
        .extracting(r -> r.attachment().server() + r.attachment().epoch())
        .containsExactly("b20", "b19", "c2");
  }

  /// The server was fenced under its other name meanwhile: the debt is about its own one.
  @Test
  void whatADeletionCouldNotHandOverIsHandedOverTheNextTime() {
    // Given
    var attached = new WorldLaws(POLICY).settled(World.start());
    var world = attached.asking(attached.spec().on("c"));
    world = world.reconciled(-1, POLICY).getLast().mood("a", World.Mood.Down);
    world = world.asking(world.spec().in(World.Life.Deleting));
    var facts = WorldFacts.of(world, POLICY);
    var plan = Planner.plan(facts, world.now());
    var fence = new FenceProof(FenceProof.Result.Verified, "A/1@1", "", 0, world.now());

    // When
    var after = Aftermath.of(plan, refusedPage(plan, fence), Duration.ofMinutes(10), world.now());

    // Then
    var later = FactsOfTests.remembering(WorldFacts.of(world, POLICY), after.memory());
    assertThat(Planner.plan(later, world.now()).actions())
        .filteredOn(Action.HandOver.class::isInstance)
        .flatExtracting(action -> ((Action.HandOver) action).debts())
        .extracting(Debt::server)
        .contains("a");
  }

  private static List<Outcome> refusedPage(Plan plan, FenceProof fence) {
    return plan.actions().stream()
        .map(
            action ->
                new Outcome(
                    action,
                    switch (action) {
                      case Action.Fence _ -> new Outcome.Result.Fenced(fence);
                      case Action.HandOver _ ->
                          new Outcome.Result.Failed(new Failure(Reason.Pending, "conflict"));
                      default -> new Outcome.Result.Done();
                    }))
        .toList();
  }

  private static Memory.Retained former(Attachment like, String server, String login, int epoch) {
    var at = new Attachment(like.place().on(server), like.serverId(), login, like.access(), epoch);
    return new Memory.Retained(at, World.START.plus(Duration.ofDays(365)), "B/1@1", "");
  }
}
