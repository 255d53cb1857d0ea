package dev.backingservice.engine;

import java.util.Map;

/// What holds for an engine where nobody says otherwise.
///
/// @param port where it listens
/// @param env the variables a workload gets, each from one key of the binding
public record Defaults(int port, Map<String, String> env) {
  public Defaults {
    env = Map.copyOf(env);
  }
}
