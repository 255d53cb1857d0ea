package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backingservice.model.Access;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import java.util.Map;
import java.util.Optional;

/// What an account may do in a virtual host (RabbitMQ documentation, "Access Control"): three
/// regular expressions for the names of its queues and exchanges. They match anywhere in a name
/// unless they are anchored.
record Permission(String vhost, String configure, String write, String read) {
  private static final String NOTHING = "^$";
  private static final String BEGIN = "^";
  private static final String END = ".*$";

  /// The exchange that leads to every queue by its name.
  private static final String DEFAULT_EXCHANGE = "amq\\.default";

  /// What a level has at a place. Whoever sends to a queue sends to the default exchange.
  static Permission of(Access access, Place place) {
    var host = host(place);
    var names = BEGIN + literal(host.prefix()) + END;
    var sends = "^(" + DEFAULT_EXCHANGE + "|" + literal(host.prefix()) + ".*)$";
    return switch (access) {
      case Owner -> new Permission(host.name(), names, sends, names);
      case ReadWrite -> new Permission(host.name(), NOTHING, sends, names);
      case ReadOnly -> new Permission(host.name(), NOTHING, NOTHING, names);
    };
  }

  static Permission of(JsonNode node) {
    return new Permission(
        Connections.text(node, "vhost"),
        Connections.text(node, "configure"),
        Connections.text(node, "write"),
        Connections.text(node, "read"));
  }

  static Scope.VirtualHost host(Place place) {
    if (place.scope() instanceof Scope.VirtualHost host) return host;
    throw new IllegalArgumentException("a place on RabbitMQ is a virtual host: " + place);
  }

  Map<String, String> content() {
    return Map.of("configure", configure, "write", write, "read", read);
  }

  /// The prefix that it was made of; empty where it was not made by this operator.
  Optional<String> prefix() {
    if (!read.startsWith(BEGIN) || !read.endsWith(END)) return Optional.empty();
    return Optional.of(
        read.substring(BEGIN.length(), read.length() - END.length()).replace("\\", ""));
  }

  /// A regular expression that matches this very text: prefixes consist of letters, digits and
  /// `._-`.
  static String literal(String prefix) {
    return prefix.replace(".", "\\.");
  }

  /// Whether names that begin so are the broker's own, such as `amq.gen-1`.
  static boolean reserved(String prefix) {
    return prefix.startsWith("amq.") || "amq.".startsWith(prefix);
  }
}
