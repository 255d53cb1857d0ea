package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The demo, as `make demo` runs it.
@Execution(ExecutionMode.CONCURRENT)
class DemoIT {
  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mysql", "redis", "rabbitmq", "smtp"})
  void theDemoShowsASwapThatLosesNothing(String engine) throws Exception {
    // When
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.backingservice.sandbox.Demo",
                engine)
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    // Then
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("lost: 0; on blue after the cut: 0.").contains("SwapCompleted");
  }
}
