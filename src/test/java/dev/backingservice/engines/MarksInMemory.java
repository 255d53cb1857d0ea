package dev.backingservice.engines;

import dev.backingservice.engine.MarkStore;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// For as long as a test takes.
final class MarksInMemory implements MarkStore {
  private final Map<String, Map<String, String>> servers = new ConcurrentHashMap<>();

  @Override
  public SortedMap<String, String> find(String server, Collection<String> names) {
    var found = all(server);
    found.keySet().retainAll(names);
    return found;
  }

  @Override
  public SortedMap<String, String> all(String server) {
    return new TreeMap<>(of(server));
  }

  @Override
  public void put(String server, String name, String mark) {
    of(server).put(name, mark);
  }

  @Override
  public void remove(String server, String name) {
    of(server).remove(name);
  }

  private Map<String, String> of(String server) {
    return servers.computeIfAbsent(server, _ -> new ConcurrentHashMap<>());
  }
}
