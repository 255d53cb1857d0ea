package dev.backingservice.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The PromQL that the chart ships, as far as its names go.
final class Expressions {
  private static final Path FILES = Path.of("helm/backing-service-operator/files");
  private static final Pattern METRIC =
      Pattern.compile("\\b([a-z_][a-z0-9_]*)\\b(?!\\s*\\()(?:\\{([^}]*)})?");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");
  private static final Pattern BY = Pattern.compile("\\b(?:by|without) \\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[0-9a-z:]+]");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?([a-z_]+)[ }]");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!=|!~|=)");

  private Expressions() {}

  /// An expression, and everything that is said about it: legends, summaries.
  record Shipped(String expression, String said) {
    /// The labels that are said of it and that it does not keep.
    List<String> lost() {
      var kept = by(expression);
      return SHOWN
          .matcher(said)
          .results()
          .map(r -> r.group(1))
          .filter(l -> !kept.contains(l))
          .toList();
    }
  }

  /// Every expression of the alerts and of the dashboard.
  static List<Shipped> ofTheChart() throws IOException {
    var found = new ArrayList<Shipped>();
    collect(
        new ObjectMapper(new YAMLFactory()).readTree(FILES.resolve("alerts.yaml").toFile()), found);
    collect(new ObjectMapper().readTree(FILES.resolve("dashboard.json").toFile()), found);
    return found;
  }

  private static void collect(JsonNode node, List<Shipped> found) {
    if (node.has("expr")) found.add(new Shipped(node.get("expr").asText(), node.toString()));
    for (var child : node) collect(child, found);
  }

  /// The metrics and labels that an expression names and that are not shown.
  ///
  /// @param shown in the text format of Prometheus
  static List<String> unknown(String expression, String shown) {
    var unknown = new ArrayList<String>();
    var all = new HashSet<String>();
    var metrics =
        METRIC.matcher(RANGE.matcher(BY.matcher(expression).replaceAll("")).replaceAll(""));
    while (metrics.find()) {
      if (OPERATORS.contains(metrics.group(1))) continue;
      var labels = labels(metrics.group(1), shown);
      if (labels.isEmpty()) unknown.add("metric " + metrics.group(1));
      all.addAll(labels);
      var chosen = LABEL.matcher(String.valueOf(metrics.group(2)));
      while (chosen.find())
        if (!labels.contains(chosen.group(1))) unknown.add("label " + chosen.group(1));
    }
    if (all.isEmpty() && unknown.isEmpty()) unknown.add("no metric at all");
    for (var label : by(expression)) if (!all.contains(label)) unknown.add("label " + label);
    return unknown;
  }

  /// The labels that an expression groups by.
  private static Set<String> by(String expression) {
    return BY.matcher(expression)
        .results()
        .flatMap(by -> Stream.of(by.group(1).split(",")))
        .map(String::strip)
        .collect(Collectors.toSet());
  }

  /// The labels of every series of a metric; empty when there is none. One without labels has
  /// the empty label.
  private static Set<String> labels(String metric, String shown) {
    return shown
        .lines()
        .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
        .flatMap(
            line ->
                line.contains("{")
                    ? LABEL.matcher(line).results().map(r -> r.group(1))
                    : List.of("").stream())
        .collect(Collectors.toSet());
  }
}
