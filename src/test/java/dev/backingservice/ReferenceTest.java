package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Finding;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReferenceTest {

  @Test
  void everyReasonAndEveryFindingIsDocumentedAndNoOther() throws IOException {
    // When
    var documented =
        Files.readAllLines(Path.of("src/docs/reference.md")).stream()
            .filter(line -> line.matches("\\| `[A-Z][A-Za-z]+` .*"))
            .map(line -> line.split("`")[1]);

    // Then
    var known =
        Stream.concat(
                Stream.of(Reason.values()).map(Enum::name),
                Stream.of(Finding.Id.values()).map(Enum::name))
            .toList();
    assertThat(documented).containsExactlyInAnyOrderElementsOf(known);
  }
}
