package dev.backingservice.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RolloutsTest {
  private final AtomicLong now = new AtomicLong();
  private final Rollouts rollouts = new Rollouts(4, now::get);

  @Test
  void oneNamespaceHasHalfOfTheTurns() {
    assertThat(rollouts.begin("greedy", "1")).isTrue();
    assertThat(rollouts.begin("greedy", "2")).isTrue();
    assertThat(rollouts.begin("greedy", "1")).as("it has one").isTrue();
    assertThat(rollouts.begin("greedy", "3")).isFalse();
    assertThat(rollouts.begin("shop", "4")).isTrue();
    assertThat(rollouts.begin("reports", "5")).isTrue();
    assertThat(rollouts.begin("more", "6")).isFalse();
  }

  @Test
  void twoGreedyNamespacesLeaveATurnForAThird() {
    rollouts.begin("greedy", "1");
    rollouts.begin("greedy", "2");
    assertThat(rollouts.begin("greedy-2", "3")).isTrue();
    assertThat(rollouts.begin("greedy-2", "4")).isFalse();
    assertThat(rollouts.begin("shop", "5")).isTrue();
  }

  @Test
  void aRolloutThatIsBegunAgainAndAgainKeepsNoTurn() {
    rollouts.begin("greedy", "1");
    rollouts.begin("greedy", "2");
    now.addAndGet(Duration.ofMinutes(9).toNanos());
    assertThat(rollouts.begin("greedy", "1")).isTrue();
    now.addAndGet(Duration.ofMinutes(2).toNanos());

    // Then
    assertThat(rollouts.begin("greedy", "1")).as("it goes on without one").isTrue();
    assertThat(rollouts.begin("greedy", "3")).isTrue();
    assertThat(rollouts.begin("greedy", "4")).isTrue();
    assertThat(rollouts.begin("greedy", "5")).isFalse();
  }

  @Test
  void whoeverIsSettledGivesItsTurnBack() {
    rollouts.begin("shop", "1");
    rollouts.begin("shop", "2");
    rollouts.end("1");
    assertThat(rollouts.begin("shop", "3")).isTrue();
  }

  @Test
  void aSingleTurnGoesToAnybody() {
    var one = new Rollouts(1, now::get);
    assertThat(one.begin("shop", "1")).isTrue();
    assertThat(one.begin("reports", "2")).isFalse();
  }
}
