package dev.backingservice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people copy from the documentation and the examples is taken by the API server as it
/// stands.
class DocumentsIT {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");

  /// Kinds of tools that are not here.
  private static final List<String> FOREIGN = List.of("kustomize.toolkit.fluxcd.io/");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  static Stream<Path> pages() throws IOException {
    try (var docs = Files.walk(Path.of("src/docs"));
        var examples = Files.walk(Path.of("operator/examples"))) {
      var pages =
          Stream.concat(Stream.of(Path.of("README.md")), Stream.concat(docs, examples))
              .filter(Files::isRegularFile)
              .toList();
      return pages.stream().filter(page -> !documents(page).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theApiServerTakesIt(Path page) throws IOException {
    var sandbox = Shared.sandbox();
    for (var document : documents(page)) {
      var resource = YAML.readTree(document);
      assertThat(resource.has("kind")).as("a whole resource: " + document).isTrue();
      if (FOREIGN.stream().anyMatch(resource.path("apiVersion").asText()::startsWith)) continue;
      var namespace = resource.at("/metadata/namespace").asText();
      if (!namespace.isEmpty()) sandbox.namespace(namespace);
      assertThat(sandbox.dryRun(document)).as(document).isEmpty();
    }
  }

  private static List<String> documents(Path page) {
    try {
      var text = Files.readString(page);
      var blocks =
          page.toString().endsWith(".md")
              ? BLOCK.matcher(text).results().map(m -> m.group(1)).toList()
              : page.toString().endsWith(".yaml") ? List.of(text) : List.<String>of();
      return blocks.stream()
          .flatMap(block -> Stream.of(block.split("(?m)^---$")))
          .filter(document -> document.lines().anyMatch(l -> !l.isBlank() && !l.startsWith("#")))
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
