package dev.backingservice.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was released is kept: resources that were valid stay valid and mean the same. The copies in
/// `released/` are replaced at a release, never to make this test pass.
class CompatibilityTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @ParameterizedTest
  @ValueSource(strings = {"backingservers.yaml", "backingservices.yaml"})
  void nothingThatWasReleasedIsBroken(String file) throws IOException {
    var released = schema(Path.of("src/test/resources/released", file));
    var now = schema(Path.of("crds", file));
    assertThat(breaks(released, now)).isEmpty();
  }

  @Test
  void everyKindOfBreakIsSeen() throws IOException {
    var released = schema(Path.of("crds/backingservices.yaml"));
    assertThat(broken(released, s -> ((ObjectNode) spec(s)).remove("server")))
        .containsExactly(".spec.server is gone");
    assertThat(
            broken(
                released, s -> ((ObjectNode) spec(s).path("access")).putArray("enum").add("Owner")))
        .containsExactly(
            ".spec.access no longer takes ReadOnly", ".spec.access no longer takes ReadWrite");
    assertThat(
            broken(released, s -> ((ObjectNode) spec(s).path("state")).put("default", "Detached")))
        .containsExactly(".spec.state has another default");
    assertThat(
            broken(
                released,
                s ->
                    ((ObjectNode) s.path("properties").path("spec"))
                        .putArray("required")
                        .add("server")
                        .add("state")))
        .containsExactly(".spec.state is required now");
    assertThat(broken(released, s -> ((ObjectNode) spec(s).path("server")).put("type", "integer")))
        .containsExactly(".spec.server has another type");
  }

  private static List<String> broken(JsonNode released, Consumer<JsonNode> change) {
    var changed = released.deepCopy();
    change.accept(changed);
    return breaks(released, changed);
  }

  private static JsonNode spec(JsonNode schema) {
    return schema.path("properties").path("spec").path("properties");
  }

  private static JsonNode schema(Path file) throws IOException {
    var version = YAML.readTree(file.toFile()).path("spec").path("versions").path(0);
    return version.path("schema").path("openAPIV3Schema");
  }

  private static List<String> breaks(JsonNode released, JsonNode now) {
    var found = new ArrayList<String>();
    compare("", released, now, found);
    return found;
  }

  private static void compare(String path, JsonNode released, JsonNode now, List<String> found) {
    if (now.isMissingNode()) {
      found.add(path + " is gone");
      return;
    }
    if (!released.path("type").equals(now.path("type"))) found.add(path + " has another type");
    if (!released.path("default").equals(now.path("default"))
        && !released.path("default").isMissingNode()
        && !appliedByTheOperator(path, released, now)) found.add(path + " has another default");
    texts(released.path("enum"))
        .filter(value -> texts(now.path("enum")).noneMatch(value::equals))
        .forEach(value -> found.add(path + " no longer takes " + value));
    texts(now.path("required"))
        .filter(name -> texts(released.path("required")).noneMatch(name::equals))
        .forEach(name -> found.add(path + "." + name + " is required now"));
    released
        .path("properties")
        .properties()
        .forEach(
            p ->
                compare(
                    path + "." + p.getKey(),
                    p.getValue(),
                    now.path("properties").path(p.getKey()),
                    found));
    if (released.has("items"))
      compare(path + "[]", released.path("items"), now.path("items"), found);
  }

  /// Inside a list that is replaced as a whole, what the API server adds is a difference for ever
  /// to tools that compare what they applied.
  private static boolean appliedByTheOperator(String path, JsonNode released, JsonNode now) {
    return path.contains("[]")
        && now.path("default").isMissingNode()
        && now.path("description")
            .asText()
            .contains(released.path("default").asText() + " (default)");
  }

  private static Stream<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(node -> texts.add(node.asText()));
    return texts.stream();
  }
}
