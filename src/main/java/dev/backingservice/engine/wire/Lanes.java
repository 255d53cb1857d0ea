package dev.backingservice.engine.wire;

import dev.backingservice.engine.Server;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The administrator connections of an engine, a lane for each of its servers.
///
/// @param <L> a connection of the engine
public final class Lanes<L extends Line> {
  private final Map<Server, Lane<L>> lanes = new ConcurrentHashMap<>();
  private final int connections;
  private final LongSupplier nanoTime;
  private final Function<Server, Lane.Dial<L>> dial;

  /// @param connections at once to one server, at least 1
  /// @param nanoTime by which connections age
  public Lanes(int connections, LongSupplier nanoTime, Function<Server, Lane.Dial<L>> dial) {
    this.connections = connections;
    this.nanoTime = nanoTime;
    this.dial = dial;
  }

  public Lane<L> of(Server server) {
    return lanes.computeIfAbsent(server, s -> new Lane<>(s, connections, nanoTime, dial.apply(s)));
  }

  /// Closes those of servers that `stillThere` does not list.
  public void keep(Collection<Server> stillThere) {
    lanes.forEach(
        (server, lane) -> {
          if (!stillThere.contains(server) && lanes.remove(server, lane)) lane.close();
        });
  }
}
