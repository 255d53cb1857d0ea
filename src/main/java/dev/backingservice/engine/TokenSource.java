package dev.backingservice.engine;

import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Sensitive;

/// Gives tokens that stand in the place of an administrator's password. Two sources that give
/// tokens for the same account at the same place are equal.
public interface TokenSource {
  /// @return one that is good for some minutes @throws EngineException with `ServerUnreachable`
  /// when none could be had: the server refused nothing
  Sensitive token() throws EngineException;

  /// Makes sources.
  @FunctionalInterface
  interface Maker {
    /// @param auth one of `AWSIAM`, `AzureEntra`, `GCPIAM`
    /// @param at where the administrator connects
    TokenSource of(String auth, Endpoint at, String user);
  }
}
