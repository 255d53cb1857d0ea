package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.SwapPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole lives of a service: what happens to it, and all that the operator does and tells. What
/// stands in the files is read by people before it is committed; nothing writes it for them.
class TranscriptsTest {
  private static final Path FOLDER = Path.of("src/test/resources/transcripts");
  private static final String STEP = "> ";

  static Stream<Path> transcripts() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void itGoesAsWritten(Path file) throws IOException {
    // Given
    var lines = Files.readAllLines(file);
    boolean given = lines.getFirst().endsWith(", credentials: given");
    var transcript =
        new Transcript(policy(lines.getFirst()), given ? World.startGiven() : World.start());

    // When
    for (var line : lines)
      if (line.startsWith(STEP)) transcript.play(line.substring(STEP.length()));

    // Then
    assertThat(lines.getFirst() + "\n" + transcript.text()).isEqualTo(Files.readString(file));
  }

  /// `ifUnreachable: Wait, ifNotDrained: Abort, overlap: PT5M, retainOld: PT1H`, and `credentials:
  /// given` where the tenant hands them over.
  private static SwapPolicy policy(String line) {
    var words =
        Stream.of(line.split(", "))
            .map(w -> w.split(": "))
            .collect(Collectors.toMap(w -> w[0], w -> w[1]));
    return new SwapPolicy(
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        SwapPolicy.IfUnreachable.valueOf(words.getOrDefault("ifUnreachable", "")),
        SwapPolicy.IfNotDrained.valueOf(words.getOrDefault("ifNotDrained", "")),
        Duration.parse(words.getOrDefault("retainOld", "")),
        Duration.parse(words.getOrDefault("overlap", "")),
        SwapPolicy.Sequences.Compare);
  }

  @Test
  void everyStateIsPassedThrough() throws IOException {
    var all = transcripts().map(TranscriptsTest::text).collect(Collectors.joining());

    for (var phase : List.of("Prepare", "Fence", "Cut", "Roll", "Verify"))
      assertThat(all).contains(", phase: " + phase);
    for (var phase : List.of("Overlap", "Retire", "Aborting"))
      assertThat(all).contains(", phase: " + phase);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
