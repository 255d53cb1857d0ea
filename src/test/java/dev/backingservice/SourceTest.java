package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the compiler does not see of the sources.
class SourceTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final Pattern ONE_ENGINE =
      Pattern.compile(
          "\\b(PostgreSQL|Postgres\\w*|postgresql|schemas?|relations?|My[Ss]ql\\w*|MySQL|MariaDB"
              + "|Redis\\w*|Valkey|Rabbit\\w*|vhosts?|SMTP|[Ss]mtp\\w*|Generic(Engine|Session)?)\\b");

  /// Where what people write in one engine's words is read and written.
  private static final List<String> MAY_NAME_ONE =
      List.of(
          "/engine/postgresql/",
          "/engine/mysql/",
          "/engine/redis/",
          "/engine/rabbitmq/",
          "/engine/smtp/",
          "/engine/generic/",
          "/api/",
          "/model/EngineKind.java",
          "/model/Scope.java",
          "/status/",
          "/binding/DebtCodec.java",
          "/binding/Template.java",
          "/observe/EngineBlock.java",
          "/operator/Wiring.java",
          "/operator/Visit.java");

  /// The formatter turns the rest of a long line into a comment of its own, which Javadoc loses.
  @Test
  void documentationCommentsAreWhole() throws IOException {
    var torn = new ArrayList<String>();
    for (var file : sources(Path.of("src"))) {
      boolean documents = false;
      int number = 0;
      for (var line : Files.readAllLines(file)) {
        number++;
        var text = line.strip();
        if (documents && text.startsWith("//") && !text.matches("//(/| spotless).*"))
          torn.add(file + ":" + number);
        documents = text.startsWith("///");
      }
    }
    assertThat(torn).isEmpty();
  }

  @Test
  void oneEngineIsNamedInItsPackageOnly() throws IOException {
    var named = new ArrayList<String>();
    for (var file : sources(MAIN)) {
      if (MAY_NAME_ONE.stream().anyMatch(file.toString()::contains)) continue;
      for (var line : Files.readAllLines(file)) {
        var text = line.strip();
        if (!text.startsWith("//") && ONE_ENGINE.matcher(text).find())
          named.add(file + ": " + text);
      }
    }
    assertThat(named).isEmpty();
  }

  private static List<Path> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }
}
