package dev.backingservice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// When the phases of swaps began, from the operator's log.
final class SwapPhases {
  private static final Path PLOT = Path.of("src/docs/plots/swap-phases.svg");

  private static final List<Phase> PHASES =
      List.of(
          new Phase("Preflight", "Prepare"),
          new Phase("Prepare", "Fence"),
          new Phase("Fence", "Cut"),
          new Phase("Cut", "Roll"));

  private final Pattern transition;

  /// By phase, in milliseconds since the edit.
  private final Map<String, List<Long>> began = new LinkedHashMap<>();

  /// @param service as `namespace/name`
  SwapPhases(String service) {
    this.transition =
        Pattern.compile(
            "^(\\S+) .*swap: service=%s from=\\w+ to=(\\w+)".formatted(Pattern.quote(service)));
  }

  /// Reads what was logged since the edit of one swap.
  void read(String log, Instant edited) {
    for (var line : log.lines().toList()) {
      var found = transition.matcher(line);
      if (!found.find()) continue;
      long since = Duration.between(edited, Instant.parse(found.group(1))).toMillis();
      if (since >= 0) began.computeIfAbsent(found.group(2), _ -> new ArrayList<>()).add(since);
    }
  }

  /// How long nobody could write, in milliseconds: from the lock of the old login to the switched
  /// Secret.
  double writersWait() {
    return Medians.of(began.get("Roll")) - Medians.of(began.get("Fence"));
  }

  /// Medians, as a timeline.
  void plot(String title) throws IOException {
    var bars = new ArrayList<Plot.Bar>();
    double from = 0;
    for (var phase : PHASES) {
      double to = Medians.of(began.get(phase.next));
      bars.add(new Plot.Bar(phase.name, from, to));
      from = to;
    }
    new Plot(title, "milliseconds since the edit", "").bars(PLOT, bars);
  }

  /// @param next what is recorded when it is over
  private record Phase(String name, String next) {}
}
