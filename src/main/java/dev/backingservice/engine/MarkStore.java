package dev.backingservice.engine;

import java.util.Collection;
import java.util.SortedMap;

/// Keeps the marks of servers whose administrator has no place for them there. A mark that is kept
/// on the server itself is better: it goes with the accounts, and whoever changes those sees it.
public interface MarkStore {
  /// Those of a server that are known, by name.
  SortedMap<String, String> find(String server, Collection<String> names) throws EngineException;

  /// All of a server.
  SortedMap<String, String> all(String server) throws EngineException;

  /// @throws EngineException with `AdminTooWeak` when there is no room for more
  void put(String server, String name, String mark) throws EngineException;

  void remove(String server, String name) throws EngineException;
}
