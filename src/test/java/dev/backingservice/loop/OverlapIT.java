package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A new credential on the same server: nobody who uses the old one is cut off, and nobody keeps it
/// for ever.
class OverlapIT {
  private static final String ENTRIES = "{\"spec\":{\"binding\":{\"entries\":{\"MORE\":\"%s\"}}}}";

  @Test
  void consumersThatNobodyNamedKeepTheirSessionsWhenTheBindingIsReshaped() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "rotation: {overlap: 2s}");
    var old = stage.bound("username");
    try (var session = stage.session(blue)) {

      // When
      stage.patch(ENTRIES.formatted("one"));

      // Then
      stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
      stage.eventually("Fenced", "Unknown/Overlap");
      stage.eventually(() -> assertThat(stage.status().swap().phase()).isEqualTo("Overlap"));
      assertThat(stage.status().swap().cause()).isEqualTo("Reshape");
      assertThat(stage.status().swap().overlapUntil()).isNotNull();
      later();
      insert(session, 1);
      assertThat(stage.condition("Fenced")).isEqualTo("Unknown/Overlap");
    }

    // When nobody uses it any more
    stage.eventually("Fenced", "True/Fenced");

    // Then
    assertThat(Stage.canLogin(blue, old)).isFalse();
    stage.session(blue).close();
  }

  @Test
  void aSwapDuringAnOverlapLeavesNoSessionWritingOnTheOldServer() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var first = stage.bound("username");
    try (var oldest = stage.session(blue)) {
      reshaped(stage);
      var second = stage.bound("username");
      try (var older = stage.session(blue)) {

        // When
        stage.swap(stage.green);
        stage.eventuallyOn(stage.green);

        // Then
        assertThat(oldest.isValid(2)).isFalse();
        assertThat(older.isValid(2)).isFalse();
        assertThat(Stage.canLogin(blue, first)).isFalse();
        assertThat(Stage.canLogin(blue, second)).isFalse();
        stage.eventually("Fenced", "True/Fenced");
      }
    }
  }

  @Test
  void aDeadServerOwesTheFenceOfBothLoginsOfAnOverlap() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.server(stage.green);
    stage.attached(stage.blue, "");
    var first = stage.bound("username");
    reshaped(stage);
    var second = stage.bound("username");
    blue.stop();

    // When
    stage.swap(stage.green);
    stage.eventuallyOn(stage.green);

    // Then
    stage.eventually(
        () ->
            assertThat(stage.status().debts())
                .extracting(d -> d.login())
                .containsExactlyInAnyOrder(first, second));

    // When
    blue.start();

    // Then
    stage.eventually("Fenced", "True/Fenced");
    assertThat(Stage.canLogin(blue, first)).isFalse();
    assertThat(Stage.canLogin(blue, second)).isFalse();
  }

  @Test
  void detachingDuringAnOverlapLeavesNobodyIn() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "");
    var first = stage.bound("username");
    try (var oldest = stage.session(blue)) {
      reshaped(stage);
      var second = stage.bound("username");

      // When
      stage.patch("{\"spec\":{\"state\":\"Detached\"}}");
      stage.eventually(() -> assertThat(stage.secret()).isNull());

      // Then
      assertThat(oldest.isValid(2)).isFalse();
      assertThat(Stage.canLogin(blue, first)).isFalse();
      assertThat(Stage.canLogin(blue, second)).isFalse();
    }
  }

  @Test
  void whoeverHoldsOnCanBeCutOffByAWord() throws Exception {
    // Given
    var stage = new Stage();
    var blue = stage.server(stage.blue);
    stage.attached(stage.blue, "rotation: {overlap: 0s}");
    try (var session = stage.session(blue)) {
      reshaped(stage);
      later();
      insert(session, 1);

      // When
      stage.annotate("backingservice.dev/end-overlap", "1");

      // Then
      stage.eventually(() -> assertThat(session.isValid(2)).isFalse());
      stage.eventually("Fenced", "True/Fenced");
    }
  }

  private static void reshaped(Stage stage) {
    stage.patch(ENTRIES.formatted("more"));
    stage.eventually(() -> assertThat(stage.status().active().epoch()).isEqualTo(2));
    stage.eventually("Fenced", "Unknown/Overlap");
  }

  /// Time in which an operator that was wrong would have ended the session.
  private static void later() throws InterruptedException {
    TimeUnit.SECONDS.sleep(4);
  }

  private static void insert(Connection session, int id) throws Exception {
    session.createStatement().execute("INSERT INTO writes VALUES (" + id + ")");
  }
}
