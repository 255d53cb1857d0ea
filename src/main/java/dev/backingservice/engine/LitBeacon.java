package dev.backingservice.engine;

import dev.backingservice.model.EngineKind;

/// A beacon that an administrator lit.
///
/// @param off takes it away
public record LitBeacon(EngineKind kind, String where, long key, String holder, Off off)
    implements Beacon {
  /// How it is taken away.
  @FunctionalInterface
  public interface Off {
    void now() throws EngineException;
  }

  @Override
  public void close() throws EngineException {
    off.now();
  }
}
