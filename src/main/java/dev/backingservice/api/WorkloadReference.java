package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A workload, or several by selector, that gets the binding.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.name) != has(self.selector)",
    message = "a workload is chosen by name or by selector: set exactly one of them")
public record WorkloadReference(
    @Required @JsonPropertyDescription("Deployment, StatefulSet, DaemonSet or CronJob.") Kind kind,
    @Pattern(Texts.NAME)
        @Size(min = 1, max = Texts.NAME_MAX)
        @JsonPropertyDescription("Name of the workload, in the same namespace.")
        @Nullable String name,
    @JsonPropertyDescription("Every workload of this kind with these labels.")
        @Nullable Selector selector,
    @Size(min = 1, max = 32)
        @JsonPropertyDescription("Which containers; all by default, init containers included.")
        @Nullable List<@Size(min = 1, max = 63) String> containers,
    @JsonPropertyDescription(
            "Full (default), or RestartOnly: only the epoch annotation; the application reads the Secret itself.")
        @Nullable Injection inject) {

  /// The kinds that have a pod template.
  public enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    CronJob
  }

  /// How much is written into the workload.
  public enum Injection {
    Full,
    RestartOnly
  }
}
