package dev.backingservice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.backingservice.sandbox.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/// `make story`, as whoever types it sees it.
@Order(Integer.MAX_VALUE - 1)
@ResourceLock("the whole machine")
@ResourceLock("target/image") // one build after another
@Execution(ExecutionMode.CONCURRENT)
class StoryIT {
  /// What `operator/sandbox/cluster.sh` ends with where no cluster can be.
  private static final int IMPOSSIBLE = 3;

  @Test
  void theStoryGoesAsItShouldOnARealCluster() throws Exception {
    // Given
    var log = Path.of("target/story.log").toAbsolutePath();
    Files.deleteIfExists(log);
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var classes = Files.readString(Path.of("target/test.classpath")).strip();

    // When
    var story =
        Processes.start(
            log,
            Path.of("").toAbsolutePath(),
            Map.of(),
            List.of(
                Path.of("operator/sandbox/cluster.sh").toAbsolutePath().toString(),
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/test-classes:target/classes:" + classes,
                Story.class.getName()));
    // half an hour of it for what a new machine builds once
    boolean ended = story.waitFor(50, TimeUnit.MINUTES);
    if (!ended) Processes.stop(story, 10);

    // Then
    var told = Files.readString(log);
    System.out.println(told);
    assumeFalse(ended && story.exitValue() == IMPOSSIBLE, told);
    assertThat(story.exitValue()).as(told).isZero();
    assertThat(told)
        .contains("lost: 0; on an old server after its cut: 0.", "The story went as it should.");
  }
}
