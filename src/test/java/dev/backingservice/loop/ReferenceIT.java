package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a user finds in a status and in a Secret stands in the reference, and the other way round.
class ReferenceIT {
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  @Test
  void everyConditionAndEveryKeyIsDocumented() throws Exception {
    var stage = new Stage();
    stage.server(stage.blue);

    stage.attached(stage.blue, "");

    stage.eventually(
        () ->
            assertThat(types(stage.status().conditions()))
                .containsExactlyInAnyOrderElementsOf(
                    documented("| condition of a BackingService |")));
    assertThat(types(stage.sandbox.backingServer(stage.blue).getStatus().conditions()))
        .containsExactlyInAnyOrderElementsOf(documented("| condition of a BackingServer |"));
    assertThat(Stream.concat(stage.secret().getData().keySet().stream(), Stream.of("tls.pk8")))
        .containsExactlyInAnyOrderElementsOf(documented("| key |"));
  }

  private static List<String> types(List<Condition> conditions) {
    return conditions.stream().map(Condition::type).toList();
  }

  /// The names in the first column of a table.
  private static List<String> documented(String head) throws IOException {
    return Files.readAllLines(Path.of("src/docs/reference.md")).stream()
        .dropWhile(line -> !line.startsWith(head))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .flatMap(row -> NAME.matcher(row.split("\\|")[1]).results())
        .map(name -> name.group(1))
        .toList();
  }
}
