package dev.backingservice.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Outcome.Result;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A swap leaves a server that was silent several times over some time: silence of before it does
/// not count.
class SilencesTest {
  private static final Failure WHY = new Failure(Reason.ServerUnreachable, "blue is silent");
  private Duration now = Duration.ofDays(1);
  private final Silences silences = new Silences(() -> now.toNanos());

  private Result again(String fence, int secondsInPhase) {
    return silences.again(fence, WHY, Duration.ofSeconds(secondsInPhase));
  }

  private static Result unanswered(int tries, int seconds) {
    return new Result.Unanswered(WHY, tries, Duration.ofSeconds(seconds));
  }

  private void pass(int seconds) {
    now = now.plusSeconds(seconds);
  }

  @Test
  void triesInARowAreCountedWithTheTimeSinceTheFirst() {
    assertThat(again("orders-db on blue", 0)).isEqualTo(unanswered(1, 0));
    pass(3);
    assertThat(again("orders-db on blue", 3)).isEqualTo(unanswered(2, 3));
    pass(4);
    assertThat(again("orders-db on blue", 7)).isEqualTo(unanswered(3, 7));
  }

  @Test
  void anAnswerBeginsAnew() {
    again("orders-db on blue", 0);
    silences.end("orders-db on blue");
    pass(3);

    assertThat(again("orders-db on blue", 3)).isEqualTo(unanswered(1, 0));
  }

  @Test
  void whatAnEarlierSwapMetDoesNotCountForTheNext() {
    again("orders-db on blue", 0);
    pass(60);

    assertThat(again("orders-db on blue", 0)).isEqualTo(unanswered(1, 0));
    pass(3);
    assertThat(again("orders-db on blue", 3)).isEqualTo(unanswered(2, 3));
  }

  @Test
  void oneServerSaysNothingOfAnother() {
    again("orders-db on blue", 0);

    assertThat(again("orders-db on green", 0)).isEqualTo(unanswered(1, 0));
  }
}
