package dev.backingservice.operator;

import dev.backingservice.engine.postgresql.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/// Tries a mounted binding as a workload would, or whether the operator is ready. For `helm
/// test`, and for people who wonder.
final class Visit {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Visit() {}

  /// @param address a folder with a binding, or the URL of a health check
  /// @return the exit status: 0 when it works
  static int of(String address) {
    try {
      System.out.println(address.startsWith("http") ? health(address) : binding(address));
      return 0;
    } catch (IOException e) {
      System.err.println(
          "%s does not work: %s (%s)"
              .formatted(address, e.getMessage(), e.getClass().getSimpleName()));
      return 1;
    }
  }

  private static String binding(String folder) throws IOException {
    return Visitor.visit(Path.of(folder));
  }

  private static String health(String url) throws IOException {
    try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() == 200) return "the operator is ready";
      throw new IOException("the operator is not ready: " + answer.statusCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
