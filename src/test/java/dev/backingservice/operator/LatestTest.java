package dev.backingservice.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.api.BackingService;
import dev.backingservice.kube.Versions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LatestTest {
  private static final String UID = "u";
  private Optional<BackingService> real = Optional.of(version("9"));
  private int asked;
  private boolean fails;

  private final Latest latest =
      new Latest(
          _ -> {
            asked++;
            if (fails) throw new IllegalStateException("no answer");
            return real;
          },
          () -> new Versions(Map.of(UID, "7"), Set.of("20")));

  @Test
  void whatTheWatchDeliveredIsTakenWithoutAsking() {
    var cached = version("3");
    assertThat(of(cached)).containsSame(cached);
    assertThat(asked).isZero();
  }

  @Test
  void whatWasWrittenCountsUntilTheWatchHasDeliveredIt() {
    var written = version("10");
    latest.wrote(written);

    assertThat(of(version("9"))).containsSame(written);
    var delivered = version("10");
    assertThat(of(delivered)).containsSame(delivered);
    var edited = version("12");
    assertThat(of(edited)).containsSame(edited);
    assertThat(of(version("9")).orElseThrow().getMetadata().getResourceVersion())
        .as("what was delivered is kept by nobody else")
        .isEqualTo("9");
    assertThat(asked).isZero();
  }

  @Test
  void whatTheWatchHasDeliveredByNowCountsAndIsKeptByNobodyElse() {
    // Given
    latest.watched(Optional::of);

    // When
    for (int i = 0; i < 10_000; i++) latest.wrote(version("u" + i, "10"));

    // Then
    assertThat(latest.kept()).isLessThan(1000);
    latest.watched(_ -> Optional.of(version("12")));
    assertThat(of(version("9")).orElseThrow().getMetadata().getResourceVersion()).isEqualTo("12");
  }

  @Test
  void whatTheWatchHasNotDeliveredIsKept() {
    // Given
    latest.watched(known -> Optional.of(version(known.getMetadata().getUid(), "9")));

    // When
    for (int i = 0; i < 1000; i++) latest.wrote(version("u" + i, "10"));

    // Then
    assertThat(latest.kept()).isEqualTo(1000);
  }

  @Test
  void afterAWriteThatSomebodyOutranTheResourceIsAskedForAndTheAnswerCounts() {
    latest.outrun(version("3"));

    assertThat(of(version("3"))).isEqualTo(real);
    assertThat(of(version("3"))).as("the watch still lags").isEqualTo(real);
    var delivered = version("9");
    assertThat(of(delivered)).containsSame(delivered);
    assertThat(asked).isOne();
  }

  @Test
  void whatTheLeaderBeforeWroteIsAskedForWhereTheWatchLagsBehindIt() {
    latest.lead();

    assertThat(of(version("6"))).isEqualTo(real);
    assertThat(of(version("6"))).as("nothing goes back to what was before").isEqualTo(real);
    assertThat(asked).isOne();
  }

  @Test
  void anAnswerThatDidNotComeIsAskedForAgain() {
    latest.outrun(version("3"));
    fails = true;
    assertThatThrownBy(() -> of(version("3"))).isInstanceOf(IllegalStateException.class);
    fails = false;
    assertThat(of(version("3"))).isEqualTo(real);
  }

  @Test
  void oneThatIsDoubtedIsAskedForEachTime() {
    assertThat(latest.of(version("3"), _ -> true)).isEqualTo(real);
    assertThat(latest.of(version("3"), _ -> true)).isEqualTo(real);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void aWatchThatIsUpToDateNeedsNoAskingAtTheBeginning() {
    latest.lead();
    var delivered = version("7");
    assertThat(of(delivered)).containsSame(delivered);
    assertThat(asked).isZero();
  }

  @Test
  void versionsThatAreNoNumbersAreNotCompared() {
    assertThat(of(version("abc"))).isEqualTo(real);
    assertThat(asked).isOne();
  }

  @Test
  void oneThatIsGoneIsGone() {
    real = Optional.empty();
    latest.outrun(version("3"));
    assertThat(of(version("3"))).isEmpty();
    assertThat(of(version("3"))).as("although the watch still delivers it").isEmpty();
    assertThat(asked).as("each time: an API server may not know a kind for a moment").isEqualTo(2);
    real = Optional.of(version("9"));
    assertThat(of(version("3"))).isEqualTo(real);
  }

  @Test
  void whatTheLeaderBeforeHadDeletedIsAskedFor() {
    // Given
    latest.lead();
    real = Optional.empty();

    // When, Then
    assertThat(of(version("another", "19"))).isEmpty();
    assertThat(asked).isOne();
  }

  @Test
  void whatWasMadeSinceIsNot() {
    latest.lead();
    var made = version("another", "21");
    assertThat(of(made)).containsSame(made);
    assertThat(asked).isZero();
  }

  @Test
  void whatNothingOfOursHoldsIsNotAskedForAgain() {
    latest.gone(version("9"));
    assertThat(of(version("9"))).isEmpty();
    assertThat(asked).isZero();
  }

  @Test
  void anotherObjectOfTheSameNameIsNotTheOneThatWasThere() {
    real.orElseThrow().getMetadata().setUid("another");
    latest.outrun(version("3"));
    assertThat(of(version("3"))).isEmpty();
  }

  private Optional<BackingService> of(BackingService cached) {
    return latest.of(cached, _ -> false);
  }

  private static BackingService version(String version) {
    return version(UID, version);
  }

  private static BackingService version(String uid, String version) {
    var service = new BackingService();
    service.setMetadata(
        new ObjectMetaBuilder().withName("s").withUid(uid).withResourceVersion(version).build());
    return service;
  }
}
