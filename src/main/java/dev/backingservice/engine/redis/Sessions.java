package dev.backingservice.engine.redis;

import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.model.ServerText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The connections of logins, as CLIENT LIST tells them. Whoever connects gives its connection a
/// name of any length, so the list may be too long to be read.
///
/// @param count open now; at least one where nobody can tell
/// @param holders who has them, at most a few
record Sessions(int count, List<String> holders) {
  static final Sessions NONE = new Sessions(0, List.of());
  private static final Sessions UNKNOWN =
      new Sessions(1, List.of("unknown: the list of connections is too long"));
  private static final int MOST_HOLDERS = 3;
  private static final Pattern ADDRESS = Pattern.compile("(?:^| )addr=(\\S{1,100}?):\\d{1,5} ");

  Sessions {
    holders = List.copyOf(holders);
  }

  /// Those of each login. Nothing can be asked on the connection any more when the list is too
  /// long.
  static Map<String, Sessions> of(Redis redis, Set<String> logins) {
    var found = new HashMap<String, Sessions>();
    var list = list(redis);
    for (var login : logins) found.put(login, list.isEmpty() ? UNKNOWN : of(list, login));
    return found;
  }

  /// Empty when it cannot be read: there is one connection at least.
  private static String list(Redis redis) {
    try {
      return redis.resp().askForList("CLIENT", "LIST") instanceof Reply.Text(var text) ? text : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static Sessions of(String list, String login) {
    var field = " user=" + login + " ";
    var holders = new ArrayList<String>();
    int count = 0;
    for (int at = list.indexOf(field); at >= 0; at = list.indexOf(field, at + 1)) {
      count++;
      var line = list.substring(list.lastIndexOf('\n', at) + 1, at);
      var address = ADDRESS.matcher(line.substring(0, Math.min(line.length(), 200)));
      var holder = "from " + (address.find() ? ServerText.clean(address.group(1)) : "?");
      if (holders.size() < MOST_HOLDERS && !holders.contains(holder)) holders.add(holder);
    }
    return new Sessions(count, holders);
  }
}
