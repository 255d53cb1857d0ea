package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people read: links lead somewhere, and alerts to a page that says what to do.
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");

  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

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
    assertThat(LINK.matcher(Files.readString(page)).results())
        .allMatch(link -> leads(page, link.group(1), link.group(2)), "leads somewhere");
  }

  private static boolean leads(Path page, String to, String heading) {
    if (to.startsWith("https://")) return true;
    var target = to.isEmpty() ? page : page.resolveSibling(to);
    return Files.exists(target) && (heading == null || headings(target).contains(heading));
  }

  /// Of a page, as links name them.
  private static List<String> headings(Path page) {
    try {
      return HEADING
          .matcher(Files.readString(page))
          .results()
          .map(h -> h.group(1).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", ""))
          .map(h -> h.replace(' ', '-'))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
