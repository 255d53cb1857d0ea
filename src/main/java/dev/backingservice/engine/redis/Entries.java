package dev.backingservice.engine.redis;

import dev.backingservice.engine.Material;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.LinkedHashMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a Redis or Valkey binding. Pure. Name and password need no escape in a URL.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Place place, Material material, String provider) {
    var endpoint = material.server().data();
    boolean tls = material.server().trust().mode() != Trust.Mode.Disabled;
    var uri =
        "%s://%s:%s@%s/0"
            .formatted(
                tls ? "rediss" : "redis",
                material.username(),
                material.password().reveal(),
                endpoint.authority());
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "redis");
    entries.put("provider", provider);
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    entries.put("uri", uri);
    entries.put("url", uri);
    entries.put("ssl", Boolean.toString(tls));
    entries.put("key-prefix", Acl.prefix(place));
    var sensitive = new TreeMap<String, Sensitive>();
    entries.forEach((name, value) -> sensitive.put(name, new Sensitive(value)));
    return sensitive;
  }
}
