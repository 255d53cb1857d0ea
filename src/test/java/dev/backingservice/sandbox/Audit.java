package dev.backingservice.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What the operator asked of the API server, from the API server's own audit log.
public final class Audit {
  static final String POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: Metadata
        users: ["system:serviceaccount:backing-service-operator:backing-service-operator"]
      - level: None
      """;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> WRITING =
      Set.of("create", "update", "patch", "delete", "deletecollection");
  private final Path log;

  /// Where it begins in the log, in bytes.
  private final long from;

  /// Up to where [#next] has read the log.
  private long read;

  private Audit(Path log, long from) {
    this.log = log;
    this.from = from;
    this.read = from;
  }

  /// Everything since the API server was started first.
  public static Audit whole(ControlPlane plane) {
    return new Audit(plane.folder().resolve("audit.log"), 0);
  }

  /// Everything from now on.
  public static Audit fromNow(ControlPlane plane) throws IOException {
    var log = plane.folder().resolve("audit.log");
    return new Audit(log, Files.size(log));
  }

  /// One request.
  ///
  /// @param denied for lack of a right; a namespace that is being deleted refuses with the same
  /// code
  public record Request(String verb, String resource, String name, int code, boolean denied) {}

  public List<Request> requests() throws IOException {
    return requests(since(from));
  }

  /// Those that came since this was asked last.
  public List<Request> next() throws IOException {
    var news = since(read);
    read += news.length;
    return requests(news);
  }

  private static List<Request> requests(byte[] lines) throws IOException {
    var requests = new ArrayList<Request>();
    for (var line : new String(lines, StandardCharsets.UTF_8).lines().toList())
      requests.add(request(JSON.readTree(line)));
    return requests;
  }

  /// Whole lines.
  private byte[] since(long position) throws IOException {
    try (var file = Files.newInputStream(log)) {
      file.skipNBytes(position);
      var bytes = file.readAllBytes();
      int end = bytes.length;
      while (end > 0 && bytes[end - 1] != '\n') end--;
      return Arrays.copyOf(bytes, end);
    }
  }

  private static Request request(JsonNode event) {
    var object = event.path("objectRef");
    var sub = object.path("subresource").asText("");
    return new Request(
        event.path("verb").asText(),
        object.path("resource").asText() + (sub.isEmpty() ? "" : "/" + sub),
        object.path("namespace").asText("") + "/" + object.path("name").asText(""),
        event.path("responseStatus").path("code").asInt(),
        "forbid".equals(event.path("annotations").path("authorization.k8s.io/decision").asText()));
  }

  /// What changed something, but for the lease that every leader renews.
  public List<Request> writes() throws IOException {
    return requests().stream()
        .filter(r -> WRITING.contains(r.verb()) && !r.resource().equals("leases"))
        .toList();
  }

  /// What was refused for lack of a right.
  public List<Request> forbidden() throws IOException {
    return requests().stream().filter(Request::denied).toList();
  }
}
