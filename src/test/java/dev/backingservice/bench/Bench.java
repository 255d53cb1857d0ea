package dev.backingservice.bench;

import dev.backingservice.sandbox.Program;
import dev.backingservice.sandbox.Sandbox;
import dev.backingservice.sandbox.Scene;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// `make bench`: writes the tables of `src/docs/performance.md`. `fsync` is off and everything
/// shares one machine: only counts and ratios mean something elsewhere.
public final class Bench {
  private Bench() {}

  /// A benchmark that writes one table.
  @FunctionalInterface
  private interface Part {
    void run() throws Exception;
  }

  /// @param args the engine; then, of PostgreSQL, the parts that are asked for, or none for all
  public static void main(String... args) {
    Program.run(
        () -> {
          var scene = Scene.of(args);
          var parts = parts(scene);
          var asked = Stream.of(args).skip(1).toList();
          for (var part : asked)
            if (!parts.containsKey(part))
              throw new Program.WrongArgument(
                  "%s is no benchmark of %s: PARTS is some of %s"
                      .formatted(part, scene.engine(), String.join(" ", parts.keySet())));
          for (var part : parts.entrySet())
            if (asked.isEmpty() || asked.contains(part.getKey())) part.getValue().run();
          return true;
        });
  }

  private static Map<String, Part> parts(Scene scene) {
    var parts = new LinkedHashMap<String, Part>();
    if (scene == Scene.POSTGRESQL) {
      parts.put("start", Starts::run);
      parts.put("attach", Attachments::run);
      parts.put("swap", Swaps::run);
      parts.put("swaps", ManySwaps::run);
      parts.put("settled", Settled::run);
    }
    parts.put("engine", () -> engine(scene));
    return parts;
  }

  private static void engine(Scene scene) throws Exception {
    try (var sandbox = Sandbox.start()) {
      new EngineFigures(sandbox, scene).run();
    }
  }

  /// In whole milliseconds.
  static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }

  static List<String> row(String name, List<String> cells) {
    return Stream.concat(Stream.of(name), cells.stream()).toList();
  }

  /// Milliseconds as seconds.
  static String seconds(double millis) {
    return "%.2f s".formatted(millis / 1000);
  }
}
