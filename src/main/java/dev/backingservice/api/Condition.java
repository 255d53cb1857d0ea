package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/// One aspect of a resource, as `metav1.Condition` has it.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @Required @Size(max = 316) @JsonPropertyDescription("What this condition speaks about.")
        String type,
    @Required @JsonPropertyDescription("True, False (somebody must act) or Unknown (wait).")
        Status status,
    @Required
        @Size(min = 1, max = 1024)
        @Pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")
        @JsonPropertyDescription("One word for machines: why the status is what it is.")
        String reason,
    @Required
        @Size(max = 32768)
        @JsonPropertyDescription("A sentence: what, where, and what heals it.")
        String message,
    @Required @JsonPropertyDescription("When the status last changed.") String lastTransitionTime,
    @JsonPropertyDescription("The generation of the spec that this condition speaks about.")
        @Nullable Long observedGeneration) {

  /// The three values of a condition.
  public enum Status {
    True,
    False,
    Unknown
  }
}
