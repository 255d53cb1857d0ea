package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Identity.Role;
import java.util.Map;
import java.util.stream.Collectors;

/// Who a server is. It has no lineage that outlives its process: the BackingServer stands for it.
final class Identification {
  private Identification() {}

  static Identity read(Redis redis) throws EngineException {
    var info = info(redis);
    var valkey = info.get("valkey_version");
    return new Identity(
        redis.server().uid(),
        info.getOrDefault("run_id", ""),
        "",
        "",
        switch (info.getOrDefault("role", "")) {
          case "master" -> Role.Primary;
          case "slave", "replica" -> Role.Replica;
          default -> Role.Unknown;
        },
        valkey != null ? "Valkey " + valkey : "Redis " + info.getOrDefault("redis_version", ""));
  }

  /// The lines of INFO.
  static Map<String, String> info(Redis redis) throws EngineException {
    return (redis.text("INFO", "server") + "\n" + redis.text("INFO", "replication"))
        .lines()
        .filter(line -> line.contains(":"))
        .map(line -> line.split(":", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1].strip(), (one, _) -> one));
  }
}
