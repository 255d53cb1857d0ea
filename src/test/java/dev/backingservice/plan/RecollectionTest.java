package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.util.ArrayList;
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
}
