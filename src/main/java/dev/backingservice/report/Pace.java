package dev.backingservice.report;

import dev.backingservice.api.Condition;
import dev.backingservice.api.Condition.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// When to look again. From the age of the trouble, so that it survives restarts; a fifth
/// earlier or later by service, so that a thousand do not come at once.
final class Pace {
  static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration DEBT_LONGEST = Duration.ofSeconds(10);
  private static final Duration WATCH_OLD = Duration.ofSeconds(30);
  private static final Duration ROLLOUT = Duration.ofSeconds(10);

  private Pace() {}

  /// @param drift how long to wait when nothing is open
  static Duration of(Story story, List<Condition> conditions, Duration drift, Instant now) {
    if (!story.swap().equals(story.facts().memory().swap())) return AT_ONCE;
    var soonest = drift;
    if (story.swap().underWay()) soonest = shorter(soonest, Duration.ofMillis(100));
    if (!story.memory().debts().isEmpty()) soonest = shorter(soonest, debt(story, now));
    if (story.failures().findAny().isPresent() || open(conditions))
      soonest = shorter(soonest, byAge(conditions, now));
    if (rolling(conditions)) soonest = shorter(soonest, ROLLOUT);
    if (!story.memory().retained().isEmpty()) soonest = shorter(soonest, WATCH_OLD);
    return jittered(soonest, story);
  }

  /// A debt is settled soon after its server answers.
  private static Duration debt(Story story, Instant now) {
    var since = story.memory().debts().getFirst().since();
    return clamp(Duration.between(since, now).dividedBy(60), DEBT_LONGEST);
  }

  private static boolean open(List<Condition> conditions) {
    return conditions.stream()
        .anyMatch(
            c ->
                c.type().equals(Judge.READY)
                    && c.status() != Status.True
                    && !c.reason().equals("Detached"));
  }

  private static boolean rolling(List<Condition> conditions) {
    return conditions.stream().anyMatch(c -> c.reason().equals("RolloutInProgress"));
  }

  private static Duration byAge(List<Condition> conditions, Instant now) {
    var since =
        conditions.stream()
            .filter(c -> c.type().equals(Judge.READY))
            .map(c -> Instant.parse(c.lastTransitionTime()))
            .findFirst();
    return clamp(since.map(s -> Duration.between(s, now).dividedBy(4)).orElse(SHORTEST), LONGEST);
  }

  private static Duration clamp(Duration wanted, Duration longest) {
    if (wanted.compareTo(SHORTEST) < 0) return SHORTEST;
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }

  private static Duration shorter(Duration one, Duration other) {
    return Optional.of(one).filter(d -> d.compareTo(other) <= 0).orElse(other);
  }

  private static Duration jittered(Duration pace, Story story) {
    int percent = 80 + Math.floorMod(story.facts().service().id().uid().hashCode(), 41);
    return pace.multipliedBy(percent).dividedBy(100);
  }
}
