package dev.backingservice.status;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.HostileTexts;
import dev.backingservice.TextFields;
import dev.backingservice.api.BackingServiceStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Whoever may write the status of a service may write anything into it: no text there stops a
/// reconcile.
class HostileStatusTest {
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @Test
  void noTextInAStatusStopsAReconcile() throws Exception {
    try (var stories = Files.list(CASES)) {
      for (var story : stories.toList()) {
        var service = YAML.readTree(story.resolve("in-service.yaml").toFile());
        if (service.path("status").isObject()) play(service.path("status"), story);
      }
    }
  }

  private static void play(JsonNode status, Path story) {
    var texts = HostileTexts.all();
    for (var field : TextFields.of(status))
      for (int i = 0; i < texts.size(); i += 1 + texts.size() / 400) {
        var hostile = TextFields.with(status, field, texts.get(i)).toString();
        assertThatCode(() -> read(hostile))
            .as(() -> story + " " + field + ": " + hostile)
            .doesNotThrowAnyException();
      }
  }

  /// What does not fit the schema does not come this far: the API server refuses it.
  private static void read(String text) {
    BackingServiceStatus status;
    try {
      status = YAML.readValue(text, BackingServiceStatus.class);
    } catch (JsonProcessingException e) {
      return;
    }
    MemoryReader.read(status);
  }
}
