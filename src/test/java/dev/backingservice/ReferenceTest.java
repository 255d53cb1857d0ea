package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.Annotations;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Labels;
import dev.backingservice.model.Reason;
import dev.backingservice.operator.Settings;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The reference names what there is, and nothing else.
class ReferenceTest {

  @Test
  void everyReason() throws IOException {
    assertThat(rows("Reasons").map(row -> row.get(0)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Reason.values()).map(Enum::name).map(ReferenceTest::quoted).toList());
  }

  @Test
  void everyFindingWithItsSeverity() throws IOException {
    assertThat(rows("Findings").map(row -> row.get(0) + " " + row.get(1)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Finding.Id.values())
                .map(id -> quoted(id.name()) + " " + id.severity())
                .toList());
  }

  @Test
  void everyAnnotation() throws Exception {
    var known = new ArrayList<String>();
    for (var field : Annotations.class.getDeclaredFields())
      if (Modifier.isPublic(field.getModifiers())) known.add(field.get(null).toString());
    known.add(Labels.GONE);
    assertThat(rows("Annotations that people set").map(row -> row.get(1).split("[`:]")[1]))
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void everySetting() throws IOException {
    var known =
        Stream.concat(
                Stream.of(Settings.class.getDeclaredMethods()).map(m -> variable(m.getName())),
                Stream.of("BACKING_LOG_FORMAT"))
            .map(ReferenceTest::quoted)
            .toList();
    assertThat(rows("Environment of the operator").map(row -> row.get(0)))
        .containsExactlyInAnyOrderElementsOf(known);
  }

  private static String variable(String method) {
    return "BACKING_" + method.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
  }

  private static String quoted(String name) {
    return "`" + name + "`";
  }

  /// The cells of each row below a heading.
  private static Stream<List<String>> rows(String heading) throws IOException {
    return Files.readAllLines(Path.of("src/docs/reference.md")).stream()
        .dropWhile(line -> !line.equals("## " + heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.contains("`") && line.startsWith("| "))
        .map(line -> Stream.of(line.split("\\|")).skip(1).map(String::strip).toList());
  }
}
