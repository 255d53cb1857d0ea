package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.Bounds;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/// The keys of database 0, where bindings lead.
///
/// @param bounds of the connection
record Keyspace(Redis redis, Bounds bounds) {
  /// Slots of the keyspace that the server reads for one answer: some milliseconds of its time.
  private static final String STEP = "5000";

  /// What the last answer may take longer: a server that hangs is told from one with many keys.
  private static final Duration ANSWER = Duration.ofSeconds(1);

  /// How many keys begin with a prefix (Redis documentation, "SCAN"). The number is exact while
  /// nobody writes.
  ///
  /// @return empty when `within` passed first
  OptionalInt count(String prefix, Duration within) throws EngineException {
    long end = System.nanoTime() + within.toNanos();
    var cursor = "0";
    int keys = 0;
    do {
      var left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) return OptionalInt.empty();
      bounds.begin(left.plus(ANSWER));
      var page = page(cursor, prefix);
      cursor = page.cursor;
      keys += page.keys;
    } while (!cursor.equals("0"));
    return OptionalInt.of(keys);
  }

  private record Page(String cursor, int keys) {}

  private Page page(String cursor, String prefix) throws EngineException {
    return switch (redis.ask("SCAN", cursor, "MATCH", prefix + "*", "COUNT", STEP)) {
      case Reply.Many(List<Reply> parts)
          when parts.size() == 2
              && parts.getFirst() instanceof Reply.Text(var next)
              && parts.getLast() instanceof Reply.Many(var keys) ->
          new Page(next, keys.size());
      default -> throw redis.unexpected();
    };
  }
}
