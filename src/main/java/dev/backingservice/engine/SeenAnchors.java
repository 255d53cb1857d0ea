package dev.backingservice.engine;

import dev.backingservice.model.Trust;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What verifies the data endpoint of each server: the anchors that its spec names, or the one of
/// the system's that verified it when a login knocked there last.
public final class SeenAnchors {
  private final Map<Server, String> anchors = new ConcurrentHashMap<>();

  public void saw(Server server, String anchor) {
    anchors.put(server, anchor);
  }

  /// PEM; empty while nobody knows.
  public Optional<String> of(Server server) {
    var trust = server.trust();
    if (trust.mode() == Trust.Mode.Disabled) return Optional.of("");
    return trust.systemStore()
        ? Optional.ofNullable(anchors.get(server))
        : Optional.of(trust.anchors());
  }
}
