package dev.backingservice.engine;

import dev.backingservice.model.Place;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/// Logical replication, as one of the two servers sees it.
public interface Replication {
  /// The slots on other servers by which the database of a place follows them; as subscriptions
  /// that are enabled name them.
  Set<String> slots(Place place) throws EngineException;

  /// Which of these slots are on this server, in the database of a place, and whether the
  /// subscriber has confirmed everything up to a position of this server's log.
  ///
  /// @param position as of [dev.backingservice.model.Identity]
  Map<String, Boolean> confirmed(Place place, Set<String> slots, String position)
      throws EngineException;

  /// The ascending sequences that were used, with the number that was given out last.
  SortedMap<String, Long> sequences(Order order) throws EngineException;

  /// Compares the sequences of a place with those of the server that it follows.
  ///
  /// @param advance whether those that are behind are set, as far as the administrator may
  /// @return the statements that set those that are behind
  List<String> behind(Order order, Map<String, Long> followed, boolean advance)
      throws EngineException;
}
