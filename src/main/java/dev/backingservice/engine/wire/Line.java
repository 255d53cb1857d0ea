package dev.backingservice.engine.wire;

/// One connection of an engine, and the attempt that it came of.
public interface Line {
  Attempt attempt();

  /// Whether it answers within 2 s.
  boolean alive();

  /// Takes back what an operation left open.
  ///
  /// @return whether it can be used again
  boolean reset();

  /// Hangs up. Never fails.
  void discard();
}
