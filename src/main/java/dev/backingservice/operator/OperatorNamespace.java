package dev.backingservice.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the operator runs.
final class OperatorNamespace {
  private static final Path POD_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");
  private static final String DEFAULT = "backing-service-operator";

  private OperatorNamespace() {}

  static String of(Settings settings) {
    return settings.operatorNamespace().orElseGet(OperatorNamespace::ofPod);
  }

  private static String ofPod() {
    try {
      return Files.readString(POD_NAMESPACE).strip();
    } catch (IOException e) {
      return DEFAULT;
    }
  }
}
