package dev.backingservice.model;

/// What a binding leads to: a server, and what of it. A change of any part is a swap.
///
/// @param server name of the BackingServer
public record Place(String server, Scope scope) {
  /// The same part of another server.
  public Place on(String other) {
    return new Place(other, scope);
  }

  @Override
  public String toString() {
    return scope + " on " + server;
  }
}
