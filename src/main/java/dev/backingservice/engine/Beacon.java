package dev.backingservice.engine;

import dev.backingservice.model.EngineKind;

/// Something on a running server that only sessions of the same instance see. It is there until it
/// is closed.
public interface Beacon extends AutoCloseable {
  EngineKind kind();

  /// Where on the server it is to be looked for; empty text where there is one place only.
  String where();

  /// Random, and used by nobody else.
  long key();

  /// The account that lights it: nobody else has a session of that name.
  String holder();

  @Override
  void close() throws EngineException;
}
