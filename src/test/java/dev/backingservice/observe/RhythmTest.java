package dev.backingservice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What this process remembers of time.
class RhythmTest {
  /// Draws the beginning of every interval.
  private static final RandomGenerator EARLIEST = () -> 0;

  private final Rhythm rhythm = new Rhythm(Duration.ofMinutes(10), EARLIEST);

  @Test
  void aServerThatIsDeadDoesNotMakeAServiceLookAtEveryServerAllTheTime() {
    assertThat(rhythm.searchDue("uid")).isTrue();

    rhythm.searchLater("uid");

    assertThat(rhythm.searchDue("uid")).isFalse();
    assertThat(rhythm.searchDue("other")).isTrue();
  }

  @Test
  void aSearchThatIsOverIsNotMadeAgainAndOneThatIsNotOverIs() {
    assertThat(rhythm.searchDue("uid")).isTrue();
    assertThat(rhythm.searchDue("uid")).isTrue();

    rhythm.searched("uid");

    assertThat(rhythm.searchDue("uid")).isFalse();
    rhythm.forget("uid");
    assertThat(rhythm.searchDue("uid")).isTrue();
  }

  @Test
  void aPhaseIsAsOldAsThisProcessHasSeenIt() {
    assertThat(rhythm.inPhase("uid", "Fence/2")).isZero();
    assertThat(rhythm.inPhase("uid", "Fence/2")).isPositive();
    assertThat(rhythm.inPhase("uid", "Cut/2")).isZero();
  }
}
