package dev.backingservice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.plan.Aftermath;
import dev.backingservice.plan.Told;
import dev.backingservice.report.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Stories of one reconcile: what is written and seen goes in, what is planned and told comes out.
/// What comes out is read by people before it is committed; nothing writes it for them.
class CasesTest {
  private static final Path FOLDER = Path.of("src/test/resources/cases");
  private static final Set<String> FILES =
      Set.of("in-service.yaml", "in-seen.yaml", "out-plan.txt", "out-status.txt");

  static Stream<Path> stories() throws IOException {
    try (var stories = Files.list(FOLDER)) {
      return stories.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void itIsPlannedAndToldAsWritten(Path story) throws IOException {
    // Given
    var given = Case.read(story);

    // When
    var plan = given.plan();
    var after = Aftermath.of(plan, given.outcomes(plan), Duration.ofMinutes(10), given.now());
    var report = Reporter.report(given.service().getStatus(), after, given.now());

    // Then
    assertThat(Told.of(plan)).isEqualTo(text(story, "out-plan.txt"));
    assertThat(Told.of(report)).isEqualTo(text(story, "out-status.txt"));
  }

  @Test
  void everyFileIsUsed() throws IOException {
    for (var story : stories().toList())
      try (var files = Files.list(story)) {
        assertThat(files.map(f -> f.getFileName().toString()).toList())
            .as(story.toString())
            .containsExactlyInAnyOrderElementsOf(FILES);
      }
    assertThat(List.copyOf(stories().toList())).hasSizeGreaterThanOrEqualTo(7);
  }

  private static String text(Path story, String file) throws IOException {
    return Files.readString(story.resolve(file));
  }
}
