package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the binding appears in the workloads.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.mountPath) || (self.mountPath.startsWith('/') && !self.mountPath.contains(':') && !self.mountPath.contains('..') && !self.mountPath.contains('//') && !self.mountPath.matches('"
            + Texts.DOT_SEGMENT
            + "') && self.mountPath != '/')",
    message =
        "inject.mountPath is an absolute path such as /bindings, without ':', '..', '//' and '/./'")
@ValidationRule(
    value = "!has(self.mountPath) || !self.mountPath.matches('" + Texts.SYSTEM_PATH + "')",
    message =
        "inject.mountPath cannot lie where the system keeps its programs and devices (/usr, /lib, /bin, /proc, ...): choose a path of its own such as /bindings")
public record Inject(
    @Size(max = 32)
        @JsonPropertyDescription(
            "Environment variables, each from one key of the binding; by default the engine's own, such as DATABASE_URL from uri.")
        @Nullable List<EnvVar> env,
    @Default("/bindings")
        @Size(min = 2, max = 256)
        @JsonPropertyDescription(
            "Files appear under <mountPath>/<binding name>/; SERVICE_BINDING_ROOT names the path.")
        @Nullable String mountPath,
    @Default("Restart")
        @JsonPropertyDescription(
            "Restart (default): each epoch rolls the workloads. OnNextStart: later epochs leave the template alone.")
        @Nullable Rollout rollout) {

  /// One environment variable.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "!self.name.matches('" + Texts.LOADS_CODE + "')",
      message =
          "inject.env cannot set a variable that makes programs load code or changes their search path (LD_PRELOAD, JAVA_TOOL_OPTIONS, PATH, ...): choose another name")
  public record EnvVar(
      @Required
          @Size(min = 1, max = 253)
          @Pattern("^[-._a-zA-Z][-._a-zA-Z0-9]*$")
          @JsonPropertyDescription("Name of the variable.")
          String name,
      @Required
          @Size(min = 1, max = 253)
          @Pattern(Texts.KEY)
          @JsonPropertyDescription("Key of the binding.")
          String key) {}

  /// What a new epoch does to running workloads.
  public enum Rollout {
    Restart,
    OnNextStart
  }
}
