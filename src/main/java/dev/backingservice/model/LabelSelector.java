package dev.backingservice.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A Kubernetes label selector; all requirements must hold. The empty selector matches everything.
public record LabelSelector(List<Requirement> requirements) {
  public LabelSelector {
    requirements = List.copyOf(requirements);
  }

  public boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(r -> r.holdsFor(labels));
  }

  /// One requirement on one label.
  public record Requirement(String key, Operator operator, Set<String> values) {
    public Requirement {
      values = Set.copyOf(values);
    }

    boolean holdsFor(Map<String, String> labels) {
      var value = labels.get(key);
      return switch (operator) {
        case In -> value != null && values.contains(value);
        case NotIn -> value == null || !values.contains(value);
        case Exists -> value != null;
        case DoesNotExist -> value == null;
      };
    }
  }

  /// The comparisons of a label selector.
  public enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }
}
