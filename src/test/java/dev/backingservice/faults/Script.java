package dev.backingservice.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Which write of which service meets which fault, and what was written.
final class Script {
  private static final Duration AWAY = Duration.ofSeconds(6);
  private static final Pattern PATH =
      Pattern.compile(".*/namespaces/[^/?]+/([^/?]+)(?:/([^/?]+))?(?:/([^/?]+))?.*");
  private static final Pattern NAME = Pattern.compile("\"name\":\"(" + Lives.NAMES + ")\"");
  private static final Set<String> WRITING = Set.of("POST", "PUT", "PATCH", "DELETE");

  private final Map<String, List<Plan>> plans = new ConcurrentHashMap<>();
  private final Map<String, List<Point>> seen = new ConcurrentHashMap<>();
  private final Map<String, Long> away = new ConcurrentHashMap<>();
  private final Set<Plan> met = ConcurrentHashMap.newKeySet();
  private volatile String phase = "";

  void phase(String next) {
    phase = next;
  }

  /// What goes wrong in the life of a service, in each phase at most once.
  void plan(String service, List<Plan> wrong) {
    plans.put(service, wrong);
  }

  /// The writes of one service, in order.
  List<Point> seen(String service) {
    return List.copyOf(seen.getOrDefault(service, List.of()));
  }

  /// The plans that came to pass.
  Set<Plan> met() {
    return Set.copyOf(met);
  }

  /// What happens to a request; empty when nothing does.
  Optional<Fault> fault(String method, String uri, String body) {
    var path = PATH.matcher(uri);
    if (!WRITING.contains(method) || uri.contains("dryRun") || !path.matches())
      return Optional.empty();
    var resource = path.group(1) + (path.group(3) == null ? "" : "/" + path.group(3));
    var named = NAME.matcher(body);
    var name = path.group(2) != null ? path.group(2) : named.find() ? named.group(1) : "";
    return name.matches(Lives.NAMES) ? met(name, method + " " + resource) : Optional.empty();
  }

  private synchronized Optional<Fault> met(String service, String write) {
    var until = away.get(service + " " + write);
    if (until != null && System.nanoTime() < until) return Optional.of(Fault.ErrorBefore);
    var points = seen.computeIfAbsent(service, _ -> new ArrayList<>());
    int nth =
        1
            + (int)
                points.stream()
                    .filter(p -> p.phase().equals(phase) && p.write().equals(write))
                    .count();
    var point = new Point(phase, write, nth);
    points.add(point);
    var plan =
        plans.getOrDefault(service, List.of()).stream()
            .filter(p -> p.point().equals(point))
            .findFirst();
    if (plan.isEmpty() || !met.add(plan.get())) return Optional.empty();
    if (plan.get().fault() == Fault.Away)
      away.put(service + " " + write, System.nanoTime() + AWAY.toNanos());
    return plan.map(Plan::fault);
  }
}
