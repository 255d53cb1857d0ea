package dev.backingservice.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.BackingService;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LatestTest {
  private static final String UID = "u";
  private Optional<BackingService> real = Optional.of(version("9"));
  private int asked;

  private final Latest latest =
      new Latest(
          _ -> {
            asked++;
            return real;
          },
          () -> Map.of(UID, "7"));

  @Test
  void whatTheWatchDeliveredIsTakenWithoutAsking() {
    var cached = version("3");
    assertThat(latest.of(cached)).containsSame(cached);
    assertThat(asked).isZero();
  }

  @Test
  void whatWasWrittenCountsUntilTheWatchHasDeliveredIt() {
    var written = version("10");
    latest.wrote(written);

    assertThat(latest.of(version("9"))).containsSame(written);
    var delivered = version("10");
    assertThat(latest.of(delivered)).containsSame(delivered);
    var edited = version("12");
    assertThat(latest.of(edited)).containsSame(edited);
    assertThat(latest.of(version("9")).orElseThrow().getMetadata().getResourceVersion())
        .as("what was delivered is kept by nobody else")
        .isEqualTo("9");
    assertThat(asked).isZero();
  }

  @Test
  void afterAWriteThatSomebodyOutranTheResourceIsAskedForOnce() {
    latest.outrun(version("3"));

    assertThat(latest.of(version("3"))).isEqualTo(real);
    var delivered = version("9");
    assertThat(latest.of(delivered)).containsSame(delivered);
    assertThat(asked).isOne();
  }

  @Test
  void whatTheLeaderBeforeWroteIsAskedForWhereTheWatchLagsBehindIt() {
    latest.lead();

    assertThat(latest.of(version("6"))).isEqualTo(real);
    var delivered = version("6");
    assertThat(latest.of(delivered)).as("one answer is enough").containsSame(delivered);
    assertThat(asked).isOne();
  }

  @Test
  void aWatchThatIsUpToDateNeedsNoAskingAtTheBeginning() {
    latest.lead();
    var delivered = version("7");
    assertThat(latest.of(delivered)).containsSame(delivered);
    assertThat(asked).isZero();
  }

  @Test
  void versionsThatAreNoNumbersAreNotCompared() {
    assertThat(latest.of(version("abc"))).isEqualTo(real);
    assertThat(asked).isOne();
  }

  @Test
  void oneThatIsGoneIsGone() {
    real = Optional.empty();
    latest.outrun(version("3"));
    assertThat(latest.of(version("3"))).isEmpty();
  }

  private static BackingService version(String version) {
    var service = new BackingService();
    service.setMetadata(
        new ObjectMetaBuilder().withName("s").withUid(UID).withResourceVersion(version).build());
    return service;
  }
}
