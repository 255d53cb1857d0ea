package dev.backingservice.engine.postgresql;

import dev.backingservice.model.RootKey;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What a server holds that was copied from one with many services.
public final class Copied {
  private Copied() {}

  /// Statements that make logins with genuine marks.
  ///
  /// @param server that the marks name
  /// @param names what their names end in
  public static List<String> logins(RootKey key, String server, String names, int count) {
    var marks = new Marks(key);
    return IntStream.range(0, count)
        .mapToObj(i -> login(marks, server, "bs_%012x_%s_a".formatted(i, names), i))
        .toList();
  }

  private static String login(Marks marks, String server, String name, int i) {
    var mark =
        Map.of(
            "kind",
            "login",
            "server",
            server,
            "service",
            "service-" + i,
            "uid",
            "uid-" + i,
            "access",
            "ReadWrite",
            "epoch",
            "1");
    return "CREATE ROLE %s LOGIN; COMMENT ON ROLE %s IS '%s'"
        .formatted(name, name, marks.write(name, mark));
  }
}
