package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people read: links lead somewhere, and alerts to a page that says what to do.
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)(?:#[^)]*)?\\)");

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

  @Test
  void everyAlertHasARunbookThatIsCalledLikeIt() throws IOException {
    var text = Files.readString(Path.of("helm/backing-service-operator/files/alerts.yaml"));
    var rules = new ObjectMapper(new YAMLFactory()).readTree(text).at("/groups/0/rules");
    assertThat(rules.size()).isGreaterThan(5);
    for (var rule : rules) {
      var url = rule.at("/annotations/runbook_url").asText();
      assertThat(url).startsWith("RUNBOOKS/");
      assertThat(Path.of("src/docs/runbooks", url.substring("RUNBOOKS/".length())))
          .content()
          .startsWith("# " + rule.path("alert").asText())
          .contains("**It means**", "**Look at**", "**Do**");
    }
  }
}
