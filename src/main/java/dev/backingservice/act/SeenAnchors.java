package dev.backingservice.act;

import dev.backingservice.engine.Server;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The anchors that verified data endpoints when a login knocked there last.
public final class SeenAnchors {
  private final Map<Server, String> anchors = new ConcurrentHashMap<>();

  void saw(Server server, String anchor) {
    anchors.put(server, anchor);
  }

  Optional<String> of(Server server) {
    return Optional.ofNullable(anchors.get(server));
  }
}
