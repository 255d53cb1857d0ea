package dev.backingservice.operator.metrics;

import dev.backingservice.api.BackingServer;
import dev.backingservice.api.BackingServerStatus;
import dev.backingservice.api.BackingService;
import dev.backingservice.api.BackingServiceStatus;
import dev.backingservice.api.Condition;
import dev.backingservice.observe.IntentReader;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the caches say, as values of gauges by their labels. Pure.
public record MetricsSnapshot(
    List<BackingService> services, List<BackingServer> servers, Instant now) {
  /// A snapshot of immutable lists.
  public MetricsSnapshot {
    services = List.copyOf(services);
    servers = List.copyOf(servers);
  }

  private static final Duration WEEK = Duration.ofDays(7);
  private static final List<String> PHASES =
      List.of("Pending", "Attached", "Swapping", "Detaching", "Detached", "Failing");

  Map<Tags, Integer> byPhase() {
    var count = new TreeMap<String, Integer>();
    PHASES.forEach(phase -> count.put(phase, 0));
    statuses()
        .forEach(s -> count.merge(s.phase() == null ? "Pending" : s.phase(), 1, Integer::sum));
    return rows("phase", count);
  }

  /// Age of the oldest swap under way, in seconds; 0 when there is none.
  double oldestSwap() {
    return statuses()
        .flatMap(s -> Stream.ofNullable(s.swap()))
        .filter(s -> s.completedAt() == null && s.abortedAt() == null)
        .filter(s -> !s.phase().equals("Overlap")) // as long as clients like
        .mapToLong(s -> now.getEpochSecond() - Instant.parse(s.startedAt()).getEpochSecond())
        .max()
        .orElse(0);
  }

  /// Fences owed to each server.
  Map<Tags, Integer> debts() {
    var count = new TreeMap<String, Integer>();
    for (var server : servers) count.put(name(server), known(server).map(s -> s.debts()).orElse(0));
    return rows("server", count);
  }

  Map<Tags, Integer> up() {
    var up = new TreeMap<String, Integer>();
    for (var server : servers) up.put(name(server), reachable(server) ? 1 : 0);
    return rows("server", up);
  }

  Map<Tags, Integer> findings() {
    var count = new HashMap<Tags, Integer>();
    for (var server : servers)
      for (var severity : List.of("Warning", "Critical"))
        count.put(Tags.of("server", name(server), "severity", severity), count(server, severity));
    return count;
  }

  /// The earliest end of a certificate that the operator or a server shows, in seconds since 1970.
  double certificateEnds() {
    var issued = statuses().flatMap(s -> Stream.ofNullable(s.certificate())).map(c -> c.notAfter());
    var shown =
        servers.stream()
            .flatMap(s -> known(s).stream())
            .flatMap(s -> Stream.ofNullable(s.tls()))
            .flatMap(t -> Stream.ofNullable(t.notAfter()));
    return Stream.concat(issued, shown)
        .mapToLong(end -> Instant.parse(end).getEpochSecond())
        .min()
        .orElse(0);
  }

  /// How late the renewal of a certificate is, in seconds: since when the latest of them has less
  /// than a quarter of its life left, and less than a week; 0 when none has.
  double certificateOverdue() {
    return Stream.concat(
            services.stream().flatMap(this::overdue), servers.stream().flatMap(this::overdue))
        .mapToLong(Duration::toSeconds)
        .max()
        .orElse(0);
  }

  private Stream<Duration> overdue(BackingService service) {
    var status = service.getStatus();
    if (status == null || status.certificate() == null) return Stream.empty();
    var end = Instant.parse(status.certificate().notAfter());
    return overdue(IntentReader.certificateLife(service.getSpec()), end);
  }

  /// Of a server that answers: what was seen of another one says nothing any more.
  private Stream<Duration> overdue(BackingServer server) {
    return known(server)
        .filter(_ -> reachable(server))
        .flatMap(s -> Optional.ofNullable(s.tls()))
        .filter(t -> t.notBefore() != null && t.notAfter() != null)
        .stream()
        .flatMap(
            t -> {
              var end = Instant.parse(t.notAfter());
              return overdue(Duration.between(Instant.parse(t.notBefore()), end), end);
            });
  }

  private Stream<Duration> overdue(Duration life, Instant end) {
    var reserve = life.dividedBy(4);
    var due = end.minus(reserve.compareTo(WEEK) < 0 ? reserve : WEEK);
    return now.isAfter(due) ? Stream.of(Duration.between(due, now)) : Stream.empty();
  }

  private Stream<BackingServiceStatus> statuses() {
    return services.stream().flatMap(s -> Stream.ofNullable(s.getStatus()));
  }

  private static Optional<BackingServerStatus> known(BackingServer server) {
    return Optional.ofNullable(server.getStatus());
  }

  private static boolean reachable(BackingServer server) {
    return known(server)
        .flatMap(s -> Optional.ofNullable(s.conditions()))
        .orElse(List.of())
        .stream()
        .anyMatch(c -> c.type().equals("Reachable") && c.status() == Condition.Status.True);
  }

  private static int count(BackingServer server, String severity) {
    return (int)
        known(server).flatMap(s -> Optional.ofNullable(s.findings())).orElse(List.of()).stream()
            .filter(f -> f.severity().equals(severity))
            .count();
  }

  private static String name(BackingServer server) {
    return server.getMetadata().getName();
  }

  private static Map<Tags, Integer> rows(String label, Map<String, Integer> values) {
    var rows = new HashMap<Tags, Integer>();
    values.forEach((name, value) -> rows.put(Tags.of(label, name), value));
    return rows;
  }
}
