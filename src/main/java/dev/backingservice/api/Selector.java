package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A label selector, as Kubernetes has it everywhere; all requirements must hold.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Selector(
    @Size(max = 32) @JsonPropertyDescription("Labels with exactly these values.")
        @Nullable Map<String, @Size(max = 63) String> matchLabels,
    @Size(max = 16) @JsonPropertyDescription("Requirements by operator.")
        @Nullable List<Requirement> matchExpressions) {

  /// One requirement on one label.
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Requirement(
      @Required @Size(min = 1, max = 317) @JsonPropertyDescription("The label.") String key,
      @Required @JsonPropertyDescription("How it is compared.") Operator operator,
      @Size(max = 32) @JsonPropertyDescription("For In and NotIn.")
          @Nullable List<@Size(max = 63) String> values) {}

  /// The comparisons of a label selector.
  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }
}
