package dev.backingservice.report;

import dev.backingservice.api.Condition;
import dev.backingservice.model.Reason;
import dev.backingservice.status.Bounds;
import dev.backingservice.status.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Conditions as the API has them: the transition time moves with the status only.
final class Conditions {
  /// The time in the condition that the CRD gives to a resource nobody has looked at.
  private static final String NEVER = "1970-01-01T00:00:00Z";

  private final Map<String, Condition> before;

  Conditions(List<Condition> before) {
    this.before =
        before.stream()
            .collect(Collectors.toMap(Condition::type, Function.identity(), (a, _) -> a));
  }

  Optional<Condition> before(String type) {
    return Optional.ofNullable(before.get(type));
  }

  /// What a condition said, as a verdict; empty when its reason is a word of another version.
  Optional<Verdict> verdict(String type) {
    return before(type)
        .filter(c -> known(c.reason()))
        .map(c -> new Verdict(type, c.status(), Reason.valueOf(c.reason()), c.message()));
  }

  private static boolean known(String reason) {
    return List.of(Reason.values()).stream().anyMatch(r -> r.name().equals(reason));
  }

  /// @param behind conditions that still speak about the generation they spoke about before
  List<Condition> write(List<Verdict> verdicts, long generation, Set<String> behind, Instant now) {
    return verdicts.stream()
        .map(
            v ->
                write(
                    v,
                    behind.contains(v.type()) ? generationBefore(v, generation) : generation,
                    now))
        .toList();
  }

  private long generationBefore(Verdict verdict, long generation) {
    var was = before(verdict.type()).map(Condition::observedGeneration);
    return was.orElse(generation);
  }

  private Condition write(Verdict verdict, long generation, Instant now) {
    var since =
        before(verdict.type())
            .filter(was -> was.status() == verdict.status())
            .map(Condition::lastTransitionTime)
            .filter(time -> !time.equals(NEVER))
            .orElse(time(now));
    return new Condition(
        verdict.type(),
        verdict.status(),
        verdict.reason().name(),
        Bounds.message(verdict.message()),
        since,
        generation);
  }

  static String time(Instant instant) {
    return Times.text(instant);
  }

  /// The conditions as they were, with the word that a bug stands in the way.
  static List<Condition> broken(@Nullable List<Condition> before, long generation, Instant now) {
    var was = before == null ? List.<Condition>of() : before;
    var ready =
        Verdict.wait(
            Judge.READY,
            Reason.InternalError,
            "The operator met a bug and tries again: see its log.");
    var conditions =
        new ArrayList<>(was.stream().filter(c -> !c.type().equals(Judge.READY)).toList());
    conditions.addAll(new Conditions(was).write(List.of(ready), generation, Set.of(), now));
    return conditions;
  }
}
