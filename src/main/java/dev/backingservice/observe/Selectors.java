package dev.backingservice.observe;

import dev.backingservice.api.Selector;
import dev.backingservice.api.Texts;
import dev.backingservice.model.LabelSelector;
import dev.backingservice.model.LabelSelector.Operator;
import dev.backingservice.model.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Label selectors as people write them, in one form.
final class Selectors {
  private static final LabelSelector NOTHING =
      new LabelSelector(
          List.of(
              new Requirement("none", Operator.Exists, Set.of()),
              new Requirement("none", Operator.DoesNotExist, Set.of())));

  private Selectors() {}

  /// What no label can be: the API server refuses to list by it.
  static Optional<String> malformed(Selector selector) {
    var labels = Objects.requireNonNullElse(selector.matchLabels(), Map.<String, String>of());
    var expressions =
        Objects.requireNonNullElse(selector.matchExpressions(), List.<Selector.Requirement>of());
    var keys =
        Stream.concat(
            labels.keySet().stream(), expressions.stream().map(Selector.Requirement::key));
    var values =
        Stream.concat(
            labels.values().stream(),
            expressions.stream().flatMap(e -> Stream.ofNullable(e.values()).flatMap(List::stream)));
    return Stream.concat(
            keys.filter(key -> !Texts.labelKey(key)),
            values.filter(value -> !Texts.labelValue(value)))
        .findFirst();
  }

  /// A selector that is malformed matches nothing.
  static LabelSelector read(Selector selector) {
    if (malformed(selector).isPresent()) return NOTHING;
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
    if (e.operator() == null) return NOTHING.requirements();
    return List.of(
        new Requirement(
            e.key(),
            Operator.valueOf(e.operator().name()),
            Set.copyOf(e.values() == null ? List.of() : e.values())));
  }
}
