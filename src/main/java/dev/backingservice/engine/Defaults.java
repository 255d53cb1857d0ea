package dev.backingservice.engine;

import java.util.Map;

/// What holds for an engine where nobody says otherwise.
///
/// @param port where it listens
/// @param adminPort where it is administered
/// @param adminDatabase where the administrator logs in; empty text for no database
/// @param env the variables a workload gets, each from one key of the binding
public record Defaults(int port, int adminPort, String adminDatabase, Map<String, String> env) {
  public Defaults {
    env = Map.copyOf(env);
  }

  /// Of an engine that is administered where it listens.
  public Defaults(int port, String adminDatabase, Map<String, String> env) {
    this(port, port, adminDatabase, env);
  }
}
