package dev.backingservice.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The recipe for docker and podman, and an image's own words in the same form.
final class Containerfile {
  private Containerfile() {}

  /// Each instruction with its operands, without quotation marks around a value.
  static Map<String, List<String>> read(Path file) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" ", 2))
          .collect(
              Collectors.groupingBy(
                  words -> words[0],
                  Collectors.mapping(
                      words -> words[1].replaceFirst("=\"(.*)\"$", "=$1"), Collectors.toList())));
    }
  }

  /// What the configuration of an image (OCI image specification, config.md) says, as instructions.
  static Map<String, List<String>> of(JsonNode config) {
    return Map.of(
        "FROM", List.of("scratch"),
        "COPY", List.of(". /"),
        "ENTRYPOINT", List.of(config.at("/Entrypoint").toString().replace(",", ", ")),
        "USER", List.of(config.at("/User").asText()),
        "WORKDIR", List.of(config.at("/WorkingDir").asText()),
        "ENV", config.at("/Env").valueStream().map(JsonNode::asText).toList(),
        "LABEL",
            config
                .at("/Labels")
                .propertyStream()
                .map(l -> l.getKey() + "=" + l.getValue().asText())
                .toList(),
        "EXPOSE", config.at("/ExposedPorts").propertyStream().map(Map.Entry::getKey).toList());
  }
}
