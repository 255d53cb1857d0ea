package dev.backingservice.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/// Which namespaces may attach to a server.
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "(has(self.from) && self.from == 'Selector') == has(self.selector)",
    message =
        "allowedNamespaces.selector goes with from: Selector: set both, or use from: All or None without a selector")
public record AllowedNamespaces(
    @Default("None") @JsonPropertyDescription("None (default), All, or those that match selector.")
        @Nullable From from,
    @JsonPropertyDescription("Matched against the labels of the Namespace.")
        @Nullable Selector selector) {

  /// The three ways of consent.
  public enum From {
    None,
    All,
    Selector
  }
}
