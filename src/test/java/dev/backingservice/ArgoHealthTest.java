package dev.backingservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.lib.jse.JsePlatform;

/// The health checks that the page about Argo CD gives, run as Argo CD runs them.
class ArgoHealthTest {
  private static final Path PAGE = Path.of("src/docs/environments/argo-cd.md");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\\n(.*?)```");

  @ParameterizedTest
  @CsvSource({
    "True, Ready, True, 1, Healthy",
    "False, Detached, False, 1, Healthy",
    "Unknown, WorkloadNotFound, True, 1, Healthy",
    "False, WorkloadNotFound, True, 1, Healthy",
    "False, WorkloadNotFound, Unknown, 1, Degraded",
    "False, ServerUnreachable, False, 1, Degraded",
    "Unknown, Swapping, True, 1, Progressing",
    "True, Ready, True, 0, Progressing",
    "Unknown, Pending, , , Progressing"
  })
  void aServiceIsAsHealthyAsItsConditionsSay(
      String ready, String reason, String available, Integer observed, String health)
      throws IOException {
    var conditions = new LuaTable();
    conditions.set(1, condition("Ready", ready, reason, observed));
    if (available != null) conditions.set(2, condition("Available", available, "x", observed));
    assertThat(health("BackingService", conditions)).isEqualTo(health);
  }

  @ParameterizedTest
  @CsvSource({
    "True, 1, Healthy",
    "False, 1, Degraded",
    "Unknown, 1, Progressing",
    "True, 0, Progressing"
  })
  void aServerIsAsHealthyAsItsConditionsSay(String ready, Integer observed, String health)
      throws IOException {
    var conditions = new LuaTable();
    conditions.set(1, condition("Ready", ready, "x", observed));
    assertThat(health("BackingServer", conditions)).isEqualTo(health);
  }

  private static LuaTable condition(String type, String status, String reason, Integer observed) {
    var condition = new LuaTable();
    condition.set("type", type);
    condition.set("status", status);
    condition.set("reason", reason);
    condition.set("message", "why");
    if (observed != null) condition.set("observedGeneration", observed);
    return condition;
  }

  private static String health(String kind, LuaTable conditions) throws IOException {
    var status = new LuaTable();
    status.set("conditions", conditions);
    var metadata = new LuaTable();
    metadata.set("generation", 1);
    var resource = new LuaTable();
    resource.set("metadata", metadata);
    resource.set("status", status);
    var globals = JsePlatform.standardGlobals();
    globals.set("obj", resource);
    LuaValue said = globals.load(script(kind)).call();
    return said.get("status").tojstring();
  }

  private static String script(String kind) throws IOException {
    var block = YAML.matcher(Files.readString(PAGE)).results().findFirst().orElseThrow().group(1);
    JsonNode customizations = new ObjectMapper(new YAMLFactory()).readTree(block);
    return customizations
        .path("data")
        .path("resource.customizations.health.backingservice.dev_" + kind)
        .asText();
  }
}
