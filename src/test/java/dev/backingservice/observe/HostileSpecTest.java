package dev.backingservice.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.backingservice.HostileTexts;
import dev.backingservice.TextFields;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.Texts;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.WorkloadSelector;
import dev.backingservice.plan.Facts.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the application's team may write into a spec. The API server refuses most of it; what was
/// stored before it did is read here, too.
class HostileSpecTest {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  static Stream<String> served() {
    return Stream.of("valid-service-everything.yaml", "valid-service-generic.yaml");
  }

  @ParameterizedTest
  @MethodSource("served")
  void noTextInASpecIsCutOrChangedAndNoneCrashes(String file) throws IOException {
    // Given
    var service = everything(file);
    var texts = HostileTexts.all();

    for (var field : TextFields.of(service))
      for (var text : texts) {
        // When
        var request = read(TextFields.with(service, field, text));

        // Then
        request.ifPresent(r -> told(r, field.toString(), text));
      }
  }

  /// Names reach what they name whole.
  private static void told(Request request, String field, String text) {
    if (request instanceof Request.Refused(var failure, _)) {
      assertThat(failure.message()).isNotBlank().hasSizeLessThanOrEqualTo(1000);
      return;
    }
    var intent = ((Request.Understood) request).intent();
    switch (field) {
      case "/spec/server" -> assertThat(intent.place().server()).isEqualTo(text);
      case "/spec/postgresql/database" ->
          assertThat(intent.place().scope().databaseName()).contains(text);
      case "/spec/generic/type" -> assertThat(intent.binding().own()).containsEntry("type", text);
      case "/spec/generic/credentialsSecretName" ->
          assertThat(intent.credentials()).isEqualTo(new Credentials.Given(text));
      case "/spec/binding/secretName" -> assertThat(intent.binding().secretName()).isEqualTo(text);
      case "/metadata/name" -> assertThat(intent.binding().bindingName()).isEqualTo(text);
      default -> harmless(intent.binding());
    }
  }

  private static void harmless(BindingShape shape) {
    assertThat(shape.env()).noneMatch(e -> Texts.loadsCode(e.name()));
    assertThat(shape.entries().keySet()).noneMatch(Texts::loadsCode);
    assertThat(shape.own().keySet()).noneMatch(Texts::loadsCode).allMatch(Texts::key);
    assertThat(Texts.systemPath(shape.mountPath())).isFalse();
    assertThat(Texts.systemPath(shape.path())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LD_PRELOAD",
        "DYLD_INSERT_LIBRARIES",
        "JAVA_TOOL_OPTIONS",
        "NODE_OPTIONS",
        "MAVEN_OPTS",
        "RUBYOPT",
        "PATH",
        "CLASSPATH",
        "NODE_PATH",
        "BASH_ENV",
        "ENV",
        "ZDOTDIR",
        "PYTHONSTARTUP",
        "GIT_SSH_COMMAND",
        "PERL5LIB",
        "DOTNET_STARTUP_HOOKS",
        "CORECLR_PROFILER",
        "LUA_INIT",
        "PHPRC",
        "PHP_INI_SCAN_DIR",
        "OPENSSL_CONF",
        "OPENSSL_MODULES",
        "ERL_AFLAGS",
        "ERL_ZFLAGS",
        "ERL_LIBS",
        "BUNDLE_GEMFILE",
        "GUNICORN_CMD_ARGS",
        "LOGGING_CONFIG",
        "R_PROFILE_USER",
        "SPRING_APPLICATION_JSON",
        "HTTPS_PROXY",
        "https_proxy"
      })
  void aVariableThatLoadsCodeIsRefusedAndReachesNoWorkload(String variable) throws IOException {
    var service = (ObjectNode) everything();
    service
        .withObject("/spec/inject")
        .putArray("env")
        .addObject()
        .put("name", variable)
        .put("key", "uri");
    assertThat(read(service).orElseThrow())
        .isInstanceOfSatisfying(
            Request.Refused.class,
            r -> {
              assertThat(r.failure().message()).contains(variable);
              assertThat(r.rest().map(Intent::binding).orElseThrow().env()).isEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "app, my app",
    "app, -orders",
    "my app, orders",
    "a/b/c, orders",
    "/app, orders",
    "Domain/app, orders",
    "'', orders"
  })
  void aLabelThatCannotBeIsRefusedAndNothingIsListedByIt(String key, String value)
      throws IOException {
    var service = (ObjectNode) everything();
    var workload = service.withObject("/spec").putArray("workloads").addObject();
    workload.put("kind", "Deployment");
    workload.withObject("/selector/matchLabels").put("tier", "web").put(key, value);

    assertThat(read(service).orElseThrow())
        .isInstanceOfSatisfying(
            Request.Refused.class,
            r -> {
              assertThat(r.failure().message()).contains("spec.workloads[].selector");
              assertThat(
                      chosenBy(r.rest().orElseThrow()).matches(Map.of("tier", "web", key, value)))
                  .isFalse();
              assertThat(chosenBy(r.rest().orElseThrow()).requirements())
                  .noneMatch(requirement -> requirement.key().equals(key));
            });
  }

  @ParameterizedTest
  @CsvSource({"app, orders", "app.kubernetes.io/name, Orders_2.x", "app, ''", "a, b"})
  void aLabelThatCanBeIsListedBy(String key, String value) throws IOException {
    var service = (ObjectNode) everything();
    var workload = service.withObject("/spec").putArray("workloads").addObject();
    workload.put("kind", "Deployment");
    workload.withObject("/selector/matchLabels").put(key, value);

    assertThat(read(service).orElseThrow())
        .isInstanceOfSatisfying(
            Request.Understood.class,
            r -> assertThat(chosenBy(r.intent()).matches(Map.of(key, value))).isTrue());
  }

  private static LabelSelector chosenBy(Intent intent) {
    var choice = intent.workloads().getFirst().choice();
    return ((WorkloadSelector.Choice.Labelled) choice).labels();
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "ca.crt", "keystore.p12", "LD_PRELOAD", "a/b", ""})
  void aKeyOfTheBlockThatIsNotTheTenantsIsRefusedAndReachesNoSecret(String key) throws IOException {
    var service = (ObjectNode) everything("valid-service-generic.yaml");
    service.withObject("/spec/generic/entries").put(key, "{password}").put("mine", "{host}");

    assertThat(read(service).orElseThrow())
        .isInstanceOfSatisfying(
            Request.Refused.class,
            r ->
                assertThat(r.rest().map(Intent::binding).orElseThrow().own())
                    .doesNotContainKey(key)
                    .containsKeys("type", "mine"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"DATABASE_URL", "PGHOST", "PGSSLROOTCERT", "SPRING_DATASOURCE_URL", "REDIS_URL"})
  void whatApplicationsNeedIsNot(String variable) throws IOException {
    assertThat(Texts.loadsCode(variable)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/lib",
        "/usr",
        "//lib",
        "/bin",
        "/lib64/x",
        "/proc/1",
        "/a/../usr",
        "//",
        "/.",
        "/etc/.",
        "/etc//",
        "/a/./usr"
      })
  void aMountThatCouldHideProgramsIsRefused(String path) throws IOException {
    var service =
        TextFields.with(everything(), JsonPointer.compile("/spec/inject/mountPath"), path);
    assertThat(read(service).orElseThrow()).isInstanceOf(Request.Refused.class);
  }

  /// Empty when the text does not fit the field's type.
  private static Optional<Request> read(JsonNode service) {
    BackingService parsed;
    try {
      parsed = YAML.treeToValue(service, BackingService.class);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    return Optional.of(IntentReader.read(parsed, Case.ENGINES));
  }

  private static JsonNode everything() throws IOException {
    return everything("valid-service-everything.yaml");
  }

  /// Every field that is served.
  private static JsonNode everything(String file) throws IOException {
    var service = YAML.readTree(Path.of("src/test/resources/resources/" + file).toFile());
    var spec = (ObjectNode) service.path("spec");
    spec.remove(List.of("failover", "rotation"));
    if (spec.path("swap") instanceof ObjectNode swap) swap.remove("awaitReplay");
    return service;
  }
}
