package dev.backingservice.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the operator runs.
final class Place {
  private static final Path POD_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");
  private static final String DEFAULT = "backing-service-operator";

  private Place() {}

  static String namespace(Settings settings) {
    return settings.operatorNamespace().orElseGet(Place::ofPod);
  }

  private static String ofPod() {
    try {
      return Files.readString(POD_NAMESPACE).strip();
    } catch (IOException e) {
      return DEFAULT;
    }
  }
}
