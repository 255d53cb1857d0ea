package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.ServerText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The connections of a login, as the broker lists them at once.
///
/// @param count open now
/// @param holders who has them, at most a few
record Sessions(int count, List<String> holders) {
  static final Sessions NONE = new Sessions(0, List.of());
  private static final int MOST_HOLDERS = 3;

  Sessions {
    holders = List.copyOf(holders);
  }

  /// @param closed those that were told to close: they are listed until their clients answer
  static Sessions of(Api api, String login, Set<String> closed) throws EngineException {
    var holders = new ArrayList<String>();
    int count = 0;
    for (var connection : api.get("connections/username/" + Urls.encoded(login))) {
      if (closed.contains(Connections.text(connection, "name"))) continue;
      count++;
      var from = Connections.text(connection, "name").split(" ", 2)[0];
      var holder = "from " + ServerText.clean(from.replaceFirst(":\\d{1,5}$", ""));
      if (holders.size() < MOST_HOLDERS && !holders.contains(holder)) holders.add(holder);
    }
    return new Sessions(count, holders);
  }
}
