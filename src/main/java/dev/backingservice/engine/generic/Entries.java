package dev.backingservice.engine.generic;

import dev.backingservice.engine.Material;
import dev.backingservice.model.Sensitive;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a generic binding: where the server is, and what was handed over. Pure.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Material material) {
    var endpoint = material.server().data();
    var entries = new TreeMap<String, Sensitive>();
    entries.put("type", new Sensitive("generic"));
    entries.put("provider", new Sensitive("generic"));
    entries.put("host", new Sensitive(endpoint.host()));
    entries.put("port", new Sensitive(Integer.toString(endpoint.port())));
    entries.put("uri", new Sensitive(endpoint.authority()));
    if (material.username().isEmpty()) return entries;
    entries.put("username", new Sensitive(material.username()));
    entries.put("password", material.password());
    return entries;
  }
}
