package dev.backingservice.engine;

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
}
