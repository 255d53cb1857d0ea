package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.model.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How a running server words the commands of each level: every version has its own way, and a
/// server keeps to it while it runs. It is asked once, with an account that is made for it and gone
/// again.
final class Levels {
  private static final int MOST = 1000;
  private final Map<String, String> words = new ConcurrentHashMap<>();

  /// @param instance the running server, as it calls itself
  String of(Redis redis, Registry registry, String instance, Access access) throws EngineException {
    var key = registry.server().uid() + "/" + instance + "/" + access;
    var known = words.get(key);
    if (known != null) return known;
    registry.lock().lock();
    try {
      var meanwhile = words.get(key);
      if (meanwhile != null) return meanwhile;
      if (words.size() > MOST) words.clear();
      var asked = asked(redis, registry.marks(), access);
      words.put(key, asked);
      return asked;
    } finally {
      registry.lock().unlock();
    }
  }

  private static String asked(Redis redis, Marks marks, Access access) throws EngineException {
    var name = "bs_%s_level_%s".formatted(marks.instance(), access.name().toLowerCase(Locale.ROOT));
    var rules = new ArrayList<>(List.of("off"));
    rules.addAll(Acl.commands(access));
    Acl.set(redis, name, rules);
    var made = AclUser.find(redis, marks, name).orElseThrow(redis::unexpected);
    Acl.delete(redis, name);
    return made.commands();
  }
}
