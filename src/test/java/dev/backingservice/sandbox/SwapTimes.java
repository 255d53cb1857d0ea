package dev.backingservice.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How long swaps took, from the edit to the switched binding.
///
/// @param took in the order in which they were made; never empty
public record SwapTimes(List<Duration> took) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  public SwapTimes {
    took = List.copyOf(took);
  }

  /// Swaps a service from blue to green and back.
  public static SwapTimes of(Sandbox sandbox, String namespace, String service, int times)
      throws Exception {
    var took = new ArrayList<Duration>();
    for (int i = 0; i < times; i++)
      for (var server : List.of("green", "blue"))
        took.add(swapped(sandbox, namespace, service, server));
    return new SwapTimes(took);
  }

  private static Duration swapped(Sandbox sandbox, String namespace, String service, String server)
      throws Exception {
    long began = System.nanoTime();
    sandbox.swap(namespace, service, server);
    Waiting.until(
        "swapped to " + server,
        PATIENCE,
        () -> sandbox.service(namespace, service).getStatus().active().server().equals(server));
    return Duration.ofNanos(System.nanoTime() - began);
  }

  public Duration median() {
    return sorted().get(took.size() / 2);
  }

  /// Of fewer than a hundred the one that no percentile is beyond.
  public Duration worst() {
    return sorted().getLast();
  }

  private List<Duration> sorted() {
    return took.stream().sorted().toList();
  }

  @Override
  public String toString() {
    return "median %d ms, worst %d ms %s"
        .formatted(
            median().toMillis(),
            worst().toMillis(),
            took.stream().map(Duration::toMillis).toList());
  }
}
