package dev.backingservice.engine.rabbitmq;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Virtual hosts and the queues in them.
record Vhosts(Api api) {
  private static final int MOST_PAGES = 40;
  private static final int PAGE = 500;

  /// AMQP 0-9-1 has names of at most 255 bytes; a shell and a path take these as they are.
  private static final Pattern FITS = Pattern.compile("[A-Za-z0-9._:/@-]{1,255}");

  static boolean fits(String name) {
    return FITS.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /// @throws EngineException with `DatabaseMissing` when it is not there
  void require(Place place) throws EngineException {
    var path = "vhosts/" + Urls.encoded(Permission.host(place).name()) + "?columns=name";
    if (api.find(path).isEmpty()) throw missing(place);
  }

  static EngineException missing(Place place) {
    return EngineException.of(
        Reason.DatabaseMissing,
        "there is no virtual host %s on %s: rabbitmqctl add_vhost %s"
            .formatted(
                Permission.host(place).name(), place.server(), Permission.host(place).name()));
  }

  /// The queues under a prefix that outlive the connections of whoever made them.
  Inventory inventory(Place place) throws EngineException {
    require(place);
    var names = new HashSet<String>();
    for (int page = 1; page <= MOST_PAGES; page++) {
      var found = page(place, page, "name,auto_delete,exclusive");
      for (var queue : found.path("items"))
        if (!queue.path("auto_delete").asBoolean() && !queue.path("exclusive").asBoolean())
          names.add(Connections.text(queue, "name"));
      if (page >= found.path("page_count").asInt()) break;
    }
    return new Inventory.Names(names);
  }

  /// How many messages wait in the queues under a prefix, as the broker last counted them; empty
  /// where it has not counted all of them.
  OptionalLong messages(Place place) throws EngineException {
    require(place);
    long messages = 0;
    for (int page = 1; page <= MOST_PAGES; page++) {
      var found = page(place, page, "name,messages");
      for (var queue : found.path("items")) {
        if (!queue.path("messages").isIntegralNumber()) return OptionalLong.empty();
        messages += Math.max(0, queue.path("messages").asLong());
      }
      if (page >= found.path("page_count").asInt()) return OptionalLong.of(Math.max(0, messages));
    }
    return OptionalLong.empty();
  }

  private JsonNode page(Place place, int page, String columns) throws EngineException {
    var host = Permission.host(place);
    return api.get(
        "queues/%s?page=%d&page_size=%d&use_regex=true&name=%s&columns=%s"
            .formatted(
                Urls.encoded(host.name()),
                page,
                PAGE,
                Urls.encoded("^" + Permission.literal(host.prefix())),
                columns));
  }
}
