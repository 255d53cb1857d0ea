package dev.backingservice.model;

/// Which BackingService: its names, and the uid that tells a re-created one apart.
public record ServiceId(String namespace, String name, String uid) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
