package dev.backingservice.observe;

import dev.backingservice.api.Selector;
import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.LabelSelector.Operator;
import dev.backingservice.model.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Label selectors as people write them, in one form.
final class Selectors {
  private Selectors() {}

  static LabelSelector read(Selector selector) {
    var requirements = new ArrayList<Requirement>();
    if (selector.matchLabels() != null)
      selector
          .matchLabels()
          .forEach(
              (key, value) -> requirements.add(new Requirement(key, Operator.In, Set.of(value))));
    if (selector.matchExpressions() != null)
      for (var e : selector.matchExpressions()) requirements.addAll(read(e));
    return new LabelSelector(requirements);
  }

  /// An operator that is not known matches nothing.
  private static List<Requirement> read(Selector.Requirement e) {
    if (e.operator() == null)
      return List.of(
          new Requirement(e.key(), Operator.Exists, Set.of()),
          new Requirement(e.key(), Operator.DoesNotExist, Set.of()));
    return List.of(
        new Requirement(
            e.key(),
            Operator.valueOf(e.operator().name()),
            Set.copyOf(e.values() == null ? List.of() : e.values())));
  }
}
