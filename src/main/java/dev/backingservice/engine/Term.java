package dev.backingservice.engine;

import dev.backingservice.model.Reason;

/// The term of this leader. It grows with each leader, and is left on every server: whoever finds a
/// greater one there changes nothing.
public interface Term {
  /// 0 until leadership is won.
  long mine();

  /// Raises the term above one that was found on a server, when this process leads beyond
  /// doubt: the term was restored from a backup then.
  ///
  /// @return whether it was raised
  boolean raiseAbove(long found);

  /// The term to be left on a server, where `found` was left before.
  ///
  /// @throws EngineException when a later leader left it
  default long above(long found, String server) throws EngineException {
    if (found > mine() && !raiseAbove(found))
      throw EngineException.of(
          Reason.InternalError, "a later leader of this operator acts on " + server);
    return mine();
  }
}
