package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people read: links lead somewhere, and YAML is what the operator takes.
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");

  static Stream<Path> pages() throws IOException {
    try (var files = Files.walk(Path.of("src/docs"))) {
      return Stream.concat(
              files.filter(f -> f.toString().endsWith(".md")).toList().stream(),
              Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
                  .map(Path::of))
          .sorted();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    var folder = page.toAbsolutePath().getParent();
    assertThat(LINK.matcher(Files.readString(page)).results().map(m -> m.group(1)))
        .allMatch(
            to -> to.startsWith("https://") || Files.exists(folder.resolve(to)), "leads somewhere");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void resourcesInItCanBeRead(Path page) throws IOException {
    var yaml = new ObjectMapper(new YAMLFactory());
    for (var block :
        BLOCK.matcher(Files.readString(page)).results().map(m -> m.group(1)).toList()) {
      var kind = yaml.readTree(block).path("kind").asText();
      if (kind.equals("BackingServer")) yaml.readValue(block, BackingServer.class);
      if (kind.equals("BackingService")) yaml.readValue(block, BackingService.class);
    }
  }

  @ParameterizedTest
  @MethodSource("runbooks")
  void everyAlertHasItsRunbook(String url) {
    assertThat(Path.of("src/docs/runbooks", url)).exists();
  }

  static List<String> runbooks() throws IOException {
    return Pattern.compile("RUNBOOKS/(\\S+)")
        .matcher(Files.readString(Path.of("helm/backing-service-operator/files/alerts.yaml")))
        .results()
        .map(m -> m.group(1))
        .toList();
  }
}
