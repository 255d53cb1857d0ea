package dev.backingservice.kube;

import dev.backingservice.model.LabelSelector;
import java.util.stream.Collectors;

/// Label selectors as the API server takes them in a query (Kubernetes documentation, "Labels and
/// Selectors", set-based requirements).
final class Selectors {
  private Selectors() {}

  static String write(LabelSelector selector) {
    return selector.requirements().stream().map(Selectors::write).collect(Collectors.joining(","));
  }

  private static String write(LabelSelector.Requirement requirement) {
    var key = requirement.key();
    return switch (requirement.operator()) {
      case In -> key + " in " + values(requirement);
      case NotIn -> key + " notin " + values(requirement);
      case Exists -> key;
      case DoesNotExist -> "!" + key;
    };
  }

  private static String values(LabelSelector.Requirement requirement) {
    return requirement.values().stream().sorted().collect(Collectors.joining(",", "(", ")"));
  }
}
