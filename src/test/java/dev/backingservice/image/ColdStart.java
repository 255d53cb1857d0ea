package dev.backingservice.image;

import dev.backingservice.sandbox.Launch;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long the parts of the image need to start, with and without the ahead-of-time cache,
/// side by side.
final class ColdStart {
  private static final int TIMES = 5;

  private ColdStart() {}

  /// Prints the median of a few starts, each with the memory five seconds later.
  static void measure() throws Exception {
    var flags = new ArrayList<>(Image.FLAGS);
    flags.addAll(List.of("-Xms16m", "-Xmx256m"));
    var plain =
        new Launch(
            Image.ROOT.resolve("runtime/bin/java"),
            flags,
            Image.ROOT.resolve("app/quarkus-run.jar"));
    var cached = plain.with("-XX:AOTCache=" + Image.ROOT.resolve("app").resolve(AheadOfTime.NAME));
    try (var sandbox = Sandbox.start()) {
      print("with the ahead-of-time cache", figures(sandbox, cached));
      print("without", figures(sandbox, plain));
    }
  }

  private static void print(String how, List<Figure> figures) {
    var median = figures.stream().sorted((a, b) -> Long.compare(a.millis, b.millis)).toList();
    System.out.printf(
        "start to leading, %s: %d ms; resident %d MiB%n",
        how, median.get(TIMES / 2).millis, median.get(TIMES / 2).mebibytes);
  }

  private static List<Figure> figures(Sandbox sandbox, Launch launch) throws Exception {
    var figures = new ArrayList<Figure>();
    for (int i = 0; i < TIMES; i++) {
      long began = System.nanoTime();
      sandbox.startOperator(Map.of(), launch);
      Waiting.until("started", () -> sandbox.operator().log().contains("started in"));
      long millis = (System.nanoTime() - began) / 1_000_000;
      TimeUnit.SECONDS.sleep(5);
      figures.add(new Figure(millis, sandbox.operator().residentMebibytes()));
      sandbox.operator().close();
    }
    return figures;
  }

  private record Figure(long millis, long mebibytes) {}
}
