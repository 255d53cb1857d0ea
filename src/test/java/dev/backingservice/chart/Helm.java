package dev.backingservice.chart;

import dev.backingservice.sandbox.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The helm program, and what it makes of the chart.
public final class Helm {
  public static final Path CHART = Path.of("helm/backing-service-operator");
  static final String RELEASE = "backing-service-operator";
  private static String program;

  private Helm() {}

  /// How it ended, and what it said.
  public record Said(int status, String text) {}

  /// The chart's objects with these values, each as YAML.
  ///
  /// @param values as `--set` takes them
  /// @param groups more versions of APIs that the cluster has
  static List<String> template(List<String> values, String... groups)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of("template", RELEASE, CHART.toString(), "-n", RELEASE, "--skip-crds"));
    for (var value : values) command.addAll(List.of("--set", value));
    for (var group : groups) command.addAll(List.of("--api-versions", group));
    var said = run(command.toArray(String[]::new));
    if (said.status != 0) throw new IOException(said.text);
    return List.of(said.text.split("(?m)^---$")).stream()
        .filter(document -> document.lines().anyMatch(line -> line.startsWith("kind:")))
        .toList();
  }

  public static Said run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(program()));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }

  private static synchronized String program() throws IOException, InterruptedException {
    if (program == null) program = Processes.lastLine(List.of("operator/sandbox/helm.sh"));
    return program;
  }
}
