package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.Material;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Place;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.util.LinkedHashMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// The keys of a RabbitMQ binding. Pure. Name and password need no escape in a URL.
final class Entries {
  private Entries() {}

  static SortedMap<String, Sensitive> of(Place place, Material material) {
    var server = material.server();
    var endpoint = server.data();
    boolean tls = server.trust().mode() != Trust.Mode.Disabled;
    var host = Permission.host(place);
    var scheme = tls ? "amqps" : "amqp";
    var entries = new LinkedHashMap<String, String>();
    entries.put("type", "rabbitmq");
    entries.put("provider", "rabbitmq");
    entries.put("host", endpoint.host());
    entries.put("port", Integer.toString(endpoint.port()));
    entries.put("username", material.username());
    entries.put("password", material.password().reveal());
    entries.put("virtual-host", host.name());
    entries.put("prefix", host.prefix());
    entries.put("addresses", scheme + "://" + endpoint.authority());
    entries.put(
        "uri",
        "%s://%s:%s@%s/%s"
            .formatted(
                scheme,
                material.username(),
                material.password().reveal(),
                endpoint.authority(),
                Urls.encoded(host.name())));
    entries.put("management-uri", (tls ? "https" : "http") + "://" + server.admin().authority());
    var sensitive = new TreeMap<String, Sensitive>();
    entries.forEach((name, value) -> sensitive.put(name, new Sensitive(value)));
    return sensitive;
  }
}
