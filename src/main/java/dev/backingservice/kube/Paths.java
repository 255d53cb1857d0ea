package dev.backingservice.kube;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Paths of the API, for documents that are not read by the client.
final class Paths {
  private Paths() {}

  /// @param version such as `api/v1` or `apis/apps/v1`
  /// @param rest the plural of the kind, and the name of an object
  static String of(String version, String namespace, String... rest) {
    return "/%s/namespaces/%s/%s"
        .formatted(
            version,
            name(namespace),
            Stream.of(rest).map(Paths::name).collect(Collectors.joining("/")));
  }

  private static String name(String text) {
    if (text.matches("[.]{0,2}")) throw new IllegalArgumentException("no name: '" + text + "'");
    return encoded(text);
  }

  /// As part of a query.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
