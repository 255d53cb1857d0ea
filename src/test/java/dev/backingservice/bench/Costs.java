package dev.backingservice.bench;

import static java.util.stream.Collectors.joining;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/// What some work cost.
///
/// @param amounts one for each cost
record Costs(Map<Cost, Double> amounts) {
  /// What [#cells] holds.
  static final List<String> COLUMNS =
      List.of(
          "CPU, ms: operator, API server, etcd, servers",
          "API requests, writes",
          "statements, logins",
          "KiB read, written");

  private static final double KIBIBYTE = 1024;

  Costs {
    amounts = Map.copyOf(amounts);
  }

  /// @param amounts 0 of every other cost
  static Costs of(Map<Cost, Double> amounts) {
    return each(cost -> amounts.getOrDefault(cost, 0.0));
  }

  /// The middle one of each cost.
  static Costs median(List<Costs> costs) {
    return share(costs, 0.5);
  }

  /// Of each cost the smallest one that so large a share of all is smaller than.
  static Costs share(List<Costs> costs, double share) {
    return each(
        cost -> Medians.share(costs.stream().map(c -> c.amounts.get(cost)).toList(), share));
  }

  Costs minus(Costs before) {
    return each(cost -> amounts.get(cost) - before.amounts.get(cost));
  }

  /// What one of so many things cost.
  Costs per(int things) {
    return each(cost -> amounts.get(cost) / things);
  }

  private static Costs each(ToDoubleFunction<Cost> amount) {
    var amounts = new EnumMap<Cost, Double>(Cost.class);
    for (var cost : Cost.values()) amounts.put(cost, amount.applyAsDouble(cost));
    return new Costs(amounts);
  }

  List<String> cells() {
    return List.of(
        row("%.0f", Cost.OPERATOR, Cost.API_SERVER, Cost.ETCD, Cost.SERVERS),
        row("%.1f", Cost.REQUESTS, Cost.WRITES),
        row("%.1f", Cost.STATEMENTS, Cost.LOGINS),
        kibibytes());
  }

  private String kibibytes() {
    return "%.0f, %.0f"
        .formatted(amounts.get(Cost.READ) / KIBIBYTE, amounts.get(Cost.WRITTEN) / KIBIBYTE);
  }

  private String row(String format, Cost... costs) {
    return Stream.of(costs).map(cost -> format.formatted(amounts.get(cost))).collect(joining(", "));
  }
}
