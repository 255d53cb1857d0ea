package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// An account as the broker tells it.
///
/// @param hash of its password; empty text without one
/// @param tags what it may do beside messages, and whose it is
/// @param limits such as `max-connections`
/// @param tagged whether it was made by this operator, whatever became of its mark
/// @param mark of ours; [LoginMark#NONE] when the account has none
record Account(
    String name,
    String hash,
    Set<String> tags,
    Map<String, Long> limits,
    List<Permission> permissions,
    boolean tagged,
    LoginMark mark) {
  /// The limit that keeps an account out when it is 0.
  static final String CONNECTIONS = "max-connections";

  /// What one account may have at once: nobody takes all connections of a broker.
  static final long MOST_CONNECTIONS = 1000;

  Account {
    tags = Set.copyOf(tags);
    limits = Map.copyOf(limits);
    permissions = List.copyOf(permissions);
  }

  /// @param found what the broker says of the account itself
  /// @param mark that is kept for its name
  static Account of(String name, JsonNode found, JsonNode permissions, LoginMark mark, String tag)
      throws EngineException {
    var tags = tags(found);
    var granted = new ArrayList<Permission>();
    for (var permission : permissions) granted.add(Permission.of(permission));
    boolean known = Connections.text(found, "hashing_algorithm").equals(Passwords.ALGORITHM);
    return new Account(
        name,
        known ? Connections.text(found, "password_hash") : "",
        tags,
        limits(found.path("limits")),
        granted,
        tags.contains(tag),
        tags.contains(tag) ? mark : LoginMark.NONE);
  }

  /// A list, or a text with commas.
  static Set<String> tags(JsonNode found) {
    var tags = new HashSet<String>();
    for (var tag : found.path("tags")) tags.add(tag.asText());
    for (var tag : Connections.text(found, "tags").split(",", 100))
      if (!tag.isBlank()) tags.add(tag.strip());
    return tags;
  }

  private static Map<String, Long> limits(JsonNode found) {
    var limits = new TreeMap<String, Long>();
    for (var limit : found.properties()) limits.put(limit.getKey(), limit.getValue().asLong(-1));
    return limits;
  }

  /// Whether nobody logs in with it, and whoever did and is about to enter may do nothing.
  boolean closed() {
    return hash.equals(Passwords.NONE)
        && limits.getOrDefault(CONNECTIONS, -1L) == 0
        && permissions.isEmpty();
  }

  /// Whether it has the rights of its mark and no others.
  boolean permitted(Place place) {
    return mark.ofLogin() && permissions.equals(List.of(Permission.of(mark.access(), place)));
  }

  /// Whether it lets in with this password only, and has the rights of its mark and no others.
  boolean exactly(Sensitive password, Place place, String tag) {
    return permitted(place)
        && tags.equals(Set.of(tag))
        && limits.equals(Map.of(CONNECTIONS, MOST_CONNECTIONS))
        && Passwords.matches(hash, password);
  }
}
