package dev.backingservice.plan;

import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/// When to look again. From the age of the trouble, so that it survives restarts; a fifth earlier
/// or later by service, so that a thousand do not come at once. No phase repeats faster than this
/// without progress.
final class Pace {
  static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LEAVING_LONGEST = Duration.ofSeconds(30);
  private static final Duration DEBT_SHORTEST = Duration.ofSeconds(5);
  private static final Duration DEBT_LONGEST = Duration.ofSeconds(30);
  private static final Duration WATCH_OLD = Duration.ofSeconds(30);
  private static final Duration ROLLOUT = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofMillis(100);
  private static final Duration RETRY_SHORTEST = Duration.ofMillis(200);
  private static final Duration RETRY_LONGEST = Duration.ofSeconds(30);
  private static final Duration LOGIN_REFUSED = Duration.ofSeconds(2);

  private Pace() {}

  /// @param drift how long to wait when nothing is open
  static Duration of(Aftermath after, Duration drift, Instant now) {
    var before = after.facts().memory().swap();
    if (!after.swap().equals(before)) return back(before, after.swap()) ? SHORTEST : AT_ONCE;
    if (after.swap().underWay()) return phase(after);
    var soonest = drift;
    if (!after.memory().debts().isEmpty()) soonest = shorter(soonest, debt(after, now));
    if (unwell(after)) soonest = shorter(soonest, byAge(after, now));
    if (!after.facts().leaving() && !SwapGuards.rolledOut(after.facts()))
      soonest = shorter(soonest, ROLLOUT);
    boolean former = !after.memory().retained().isEmpty() || !after.memory().unasked().isEmpty();
    if (former && !after.facts().given()) soonest = shorter(soonest, WATCH_OLD);
    soonest = overlap(after, now).filter(earlier(soonest)).orElse(soonest);
    return jittered(soonest, after);
  }

  /// A motion that goes back may do so again and again: what a hostile server says decides.
  private static boolean back(Swap before, Swap now) {
    return switch (before) {
      case Swap.Cut _ -> now instanceof Swap.Fence;
      case Swap.Aborting _ ->
          !now.underWay() && !(now instanceof Swap.Roll) || now instanceof Swap.Fence;
      case Swap.Settled _,
          Swap.Prepare _,
          Swap.Fence _,
          Swap.Roll _,
          Swap.Verify _,
          Swap.Overlap _,
          Swap.Retire _,
          Swap.Aborted _ ->
          false;
    };
  }

  /// A phase goes on at once while sessions drain; what fails in it is tried again at 0.2, 0.4, …
  /// 30 s, what refuses a login at most every 2 s; and the end of its time is not missed.
  private static Duration phase(Aftermath after) {
    var failure = after.facts().outcomes().stream().flatMap(o -> o.result().refusal().stream());
    var reason = failure.findFirst().map(f -> f.reason());
    if (reason.isEmpty() && !(after.swap() instanceof Swap.Aborting)) return DRAIN;
    var retry = clamp(after.facts().inPhase().dividedBy(2), RETRY_SHORTEST, RETRY_LONGEST);
    if (reason.filter(r -> r == Reason.AdminRefused || r == Reason.LoginRefused).isPresent())
      retry = longer(retry, LOGIN_REFUSED);
    return timeLeft(after).filter(earlier(retry)).orElse(retry);
  }

  private static Optional<Duration> timeLeft(Aftermath after) {
    var policy = after.facts().intent().map(i -> i.swap());
    var left = policy.map(SwapPolicy::fenceTimeout).map(t -> t.minus(after.facts().inPhase()));
    return left.filter(Duration::isPositive).map(l -> longer(l, RETRY_SHORTEST));
  }

  private static boolean unwell(Aftermath after) {
    return after.failures().findAny().isPresent()
        || after.facts().workloads().stream().anyMatch(w -> w.problem().isPresent())
        || (!after.facts().leaving() && !after.attachedAsAsked())
        || (after.facts().leaving() && after.active().isPresent())
        || after.facts().login().filter(l -> l instanceof Facts.Login.TurnedAway).isPresent()
        || (!after.facts().leaving() && after.memory().unwellSince().isPresent());
  }

  /// A debt is settled when its server is seen to answer again: whoever watches that server tells
  /// all of its services. A server that somebody is at and that cannot be fenced yet is asked more
  /// often.
  private static Duration debt(Aftermath after, Instant now) {
    var f = after.facts();
    var since = after.memory().debts().getFirst().since();
    if (after.memory().debts().stream().allMatch(d -> silent(f, d.server()))) return WATCH_OLD;
    return clamp(Duration.between(since, now).dividedBy(60), DEBT_SHORTEST, DEBT_LONGEST);
  }

  private static boolean silent(Facts f, String server) {
    return f.server(server).filter(s -> !s.silent()).isEmpty();
  }

  private static Duration byAge(Aftermath after, Instant now) {
    var age = after.memory().unwellSince().map(s -> Duration.between(s, now).dividedBy(4));
    var longest = after.facts().leaving() ? LEAVING_LONGEST : LONGEST;
    return clamp(age.orElse(SHORTEST), SHORTEST, longest);
  }

  /// The end of an overlap is not missed either.
  private static Optional<Duration> overlap(Aftermath after, Instant now) {
    return Overlaps.until(after.facts(), after.swap())
        .map(end -> Duration.between(now, end))
        .filter(Duration::isPositive)
        .map(left -> left.multipliedBy(5).dividedBy(4).plus(SHORTEST));
  }

  private static Predicate<Duration> earlier(Duration than) {
    return d -> d.compareTo(than) < 0;
  }

  private static Duration clamp(Duration wanted, Duration shortest, Duration longest) {
    if (wanted.compareTo(shortest) < 0) return shortest;
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Duration jittered(Duration pace, Aftermath after) {
    int percent = 80 + Math.floorMod(after.facts().service().id().uid().hashCode(), 41);
    return pace.multipliedBy(percent).dividedBy(100);
  }
}
