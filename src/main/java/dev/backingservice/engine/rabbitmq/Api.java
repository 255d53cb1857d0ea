package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The management API on one connection, as the administrator.
record Api(ApiLine line, Server server) {
  private static final int MOST_TOKENS = 200_000;
  private static final int DEEPEST = 20;
  private static final Pattern REASON = Pattern.compile("\"reason\":\"([A-Za-z_ ]{1,60})\"");
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxTokenCount(MOST_TOKENS)
                      .maxNestingDepth(DEEPEST)
                      .build())
              .build());

  /// What is there; empty when nothing is.
  ///
  /// @param path below `/api/`, percent-encoded
  Optional<JsonNode> find(String path) throws EngineException {
    var said = said("GET", path, "");
    return absent(said) ? Optional.empty() : Optional.of(json(good(said), server));
  }

  JsonNode get(String path) throws EngineException {
    return find(path).orElseThrow(() -> unexpected(server));
  }

  void put(String path, Map<String, ?> content) throws EngineException {
    good(said("PUT", path, text(content)));
  }

  /// What is not there needs no deleting.
  void delete(String path) throws EngineException {
    var said = said("DELETE", path, "");
    if (!absent(said)) good(said);
  }

  /// Whether the API itself says so, and no proxy before it.
  private static boolean absent(Http.Answer said) {
    return said.status() == 404 && said.body().contains("\"Not Found\"");
  }

  /// A refusal is an answer.
  Http.Answer said(String method, String path, String body) throws EngineException {
    try {
      return line.ask(method, path, body);
    } catch (IOException e) {
      throw Connections.failed(e, line.attempt(), server, server.admin());
    }
  }

  static String text(Map<String, ?> content) {
    try {
      return JSON.writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts and numbers are JSON", e);
    }
  }

  static JsonNode json(Http.Answer said, Server server) throws EngineException {
    try {
      return Optional.ofNullable(JSON.readTree(said.body())).orElseThrow(() -> unexpected(server));
    } catch (JsonProcessingException e) {
      throw unexpected(server);
    }
  }

  private Http.Answer good(Http.Answer said) throws EngineException {
    if (said.good()) return said;
    if (said.status() == 401 || said.status() == 403) throw tooWeak(server);
    throw EngineException.of(
        Reason.ServerUnreachable,
        "the management API of %s (%s) refuses with status %d%s"
            .formatted(server.name(), server.admin(), said.status(), reason(said.body())));
  }

  /// The broker's own word for it. Nothing else is told of what it says: it may repeat the request,
  /// and with it the password.
  private static String reason(String body) {
    var reason = REASON.matcher(body);
    return reason.find() ? ": " + reason.group(1) : "";
  }

  static EngineException tooWeak(Server server) {
    return EngineException.of(
        Reason.AdminTooWeak,
        "the administrator of %s may not manage accounts: rabbitmqctl set_user_tags %s administrator"
            .formatted(server.name(), server.adminUser()));
  }

  static EngineException unexpected(Server server) {
    return EngineException.of(
        Reason.ProtocolMismatch,
        "%s (%s) answers as no management API of RabbitMQ does: correct spec.admin.endpoint"
            .formatted(server.name(), server.admin()));
  }
}
