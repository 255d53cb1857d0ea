package dev.backingservice.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A leader that does nothing.
class LeaderActivityTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final List<BackingServer> servers = new ArrayList<>(List.of(new BackingServer()));
  private final LeaderActivity activity =
      new LeaderActivity(now -> new MetricsSnapshot(List.of(), servers, now), nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void whoDoesNotLeadIsNotIdle() {
    pass(Duration.ofHours(1));

    assertThat(activity.leading()).isFalse();
    assertThat(activity.idle()).isZero();
  }

  @Test
  void aLeaderThatLooksAtNothingIsIdleSinceItLeads() {
    activity.leads();
    pass(Duration.ofMinutes(10));

    assertThat(activity.leading()).isTrue();
    assertThat(activity.idle()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void eachLookBeginsAnew() {
    activity.leads();
    pass(Duration.ofMinutes(10));
    activity.looked();
    pass(Duration.ofSeconds(7));

    assertThat(activity.idle()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void whereThereIsNothingToLookAtNobodyIsIdle() {
    servers.clear();
    activity.leads();
    pass(Duration.ofHours(1));

    assertThat(activity.idle()).isZero();
  }
}
