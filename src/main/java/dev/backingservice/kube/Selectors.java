package dev.backingservice.kube;

import dev.backingservice.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirementBuilder;

/// Label selectors as the API server takes them.
final class Selectors {
  private Selectors() {}

  static io.fabric8.kubernetes.api.model.LabelSelector write(LabelSelector selector) {
    return new LabelSelectorBuilder()
        .withMatchExpressions(selector.requirements().stream().map(Selectors::write).toList())
        .build();
  }

  private static LabelSelectorRequirement write(LabelSelector.Requirement requirement) {
    return new LabelSelectorRequirementBuilder()
        .withKey(requirement.key())
        .withOperator(requirement.operator().name())
        .withValues(requirement.values().stream().sorted().toList())
        .build();
  }
}
