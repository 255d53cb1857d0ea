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
      for (var e : selector.matchExpressions())
        requirements.add(
            new Requirement(
                e.key(),
                Operator.valueOf(e.operator().name()),
                Set.copyOf(e.values() == null ? List.of() : e.values())));
    return new LabelSelector(requirements);
  }
}
