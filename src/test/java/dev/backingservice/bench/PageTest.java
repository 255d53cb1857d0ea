package dev.backingservice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
  private static final Page PAGE =
      new Page(
          """
          Before.

          <!-- written by make bench: swap -->
          | swap | p50 |
          |---|---|
          | old | 1 |
          <!-- end -->

          After.

          <!-- written by make bench: rest -->
          <!-- end -->
          """);

  @Test
  void aTableTakesThePlaceOfTheOneBeforeAndNothingElseChanges() {
    var table = Table.of("swap", "p90").with(List.of("new", "2"));
    assertThat(PAGE.with("swap", table).text())
        .isEqualTo(
            PAGE.text()
                .replace("| swap | p50 |", "| swap | p90 |")
                .replace("| old | 1 |", "| new | 2 |"));
  }

  @Test
  void whatWasWrittenIsRead() {
    var table = Table.of("a", "b").with(List.of("x", "1, 2")).with(List.of("y", ""));
    var lines = PAGE.with("rest", table).part("rest").strip().lines().toList();
    assertThat(Table.parse(lines)).isEqualTo(table);
  }

  @Test
  void aRowTakesThePlaceOfTheOneOfTheSameName() {
    var table = Table.of("a", "b").with(List.of("x", "1")).with(List.of("y", "2"));
    assertThat(table.with(List.of("x", "3")).rows())
        .containsExactly(List.of("x", "3"), List.of("y", "2"));
  }

  @Test
  void aPartThatThePageLacksIsNamed() {
    var table = Table.of("a");
    assertThatThrownBy(() -> PAGE.with("missing", table)).hasMessageContaining("missing");
  }

  @Test
  void aRowHasACellForEachColumn() {
    assertThatThrownBy(() -> Table.of("a", "b").with(List.of("x"))).hasMessageContaining("x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "start",
        "attach",
        "swap",
        "dead",
        "swaps",
        "rest",
        "restart",
        "engines",
        "beside",
        "ten-thousand"
      })
  void theDocumentationHasEveryPart(String part) throws IOException {
    var page = new Page(Files.readString(Path.of("src/docs/performance.md")));
    assertThat(Table.parse(page.part(part).strip().lines().toList()).rows()).isNotEmpty();
  }
}
