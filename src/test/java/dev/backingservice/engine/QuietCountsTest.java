package dev.backingservice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuietCountsTest {
  @Test
  void threeInARowFindNobody() {
    var counts = new QuietCounts(Duration.ZERO);
    assertThat(counts.found(0)).isFalse();
    assertThat(counts.found(0)).isFalse();
    assertThat(counts.found(1)).isFalse();
    assertThat(counts.found(0)).isFalse();
    assertThat(counts.found(0)).isFalse();
    assertThat(counts.found(0)).isTrue();
  }

  @Test
  void theLastOneComesAfterWhoeverWasOnTheWay() {
    // Given
    var settling = Duration.ofMillis(80);
    long began = System.nanoTime();
    var counts = new QuietCounts(settling);

    // When
    int asked = 1;
    for (; !counts.found(0); asked++) counts.pause();

    // Then
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(settling);
    assertThat(asked).isLessThanOrEqualTo(4);
  }

  /// Nobody waits for it, so three counts at once are too early.
  @Test
  void countsAloneAreNotEnough() {
    var counts = new QuietCounts(Duration.ofMinutes(1));
    for (int i = 0; i < 10; i++) assertThat(counts.found(0)).isFalse();
  }
}
