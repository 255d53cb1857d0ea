package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EntryMaterial;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Place;
import dev.backingservice.model.Trust;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The keys of a PostgreSQL binding. Pure.
final class Entries {
  private Entries() {}

  static Map<String, String> of(Endpoint endpoint, Place place, EntryMaterial material) {
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "postgresql");
    entries.put("provider", "postgresql");
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("database", place.database());
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    var target = endpoint.authority() + "/" + encoded(place.database());
    var mode = Connections.sslMode(material.mode());
    var ca = encoded(material.bindingPath() + "/ca.crt").replace("%2F", "/");
    boolean tls = material.mode() != Trust.Mode.Disabled;
    entries.put(
        "uri",
        "postgresql://%s:%s@%s?sslmode=%s"
                .formatted(
                    encoded(material.username()),
                    encoded(material.password().reveal()),
                    target,
                    mode)
            + (tls ? "&sslrootcert=" + ca : ""));
    entries.put(
        "jdbc-url",
        "jdbc:postgresql://" + target + "?sslmode=" + mode + (tls ? "&sslrootcert=" + ca : ""));
    entries.put(
        "r2dbc-url",
        "r2dbc:postgresql://" + target + "?sslMode=" + mode + (tls ? "&sslRootCert=" + ca : ""));
    return entries;
  }

  /// RFC 3986: everything but unreserved characters as %XX; a space never as a plus.
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
