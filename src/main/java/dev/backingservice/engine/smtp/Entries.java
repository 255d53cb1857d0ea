package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Material;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.LinkedHashMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a binding to a relay. Pure.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Place place, Material material) {
    var server = material.server();
    var endpoint = server.data();
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "smtp");
    entries.put("provider", "smtp");
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    entries.put("sender", Sender.of(place).address());
    boolean tls = server.trust().mode() != Trust.Mode.Disabled;
    boolean starts = tls && server.startsTls();
    entries.put("starttls", Boolean.toString(starts));
    entries.put(
        "uri",
        "%s://%s:%s@%s%s"
            .formatted(
                tls && !starts ? "smtps" : "smtp",
                Urls.encoded(material.username()),
                Urls.encoded(material.password().reveal()),
                endpoint.authority(),
                starts ? "?requireTLS=true" : ""));
    var sensitive = new TreeMap<String, Sensitive>();
    entries.forEach((name, value) -> sensitive.put(name, new Sensitive(value)));
    return sensitive;
  }
}
