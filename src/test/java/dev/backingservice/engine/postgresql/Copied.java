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
  public static List<String> logins(RootKey key, String server, int count) {
    var marks = new Marks(key);
    return IntStream.range(0, count).mapToObj(i -> login(marks, server, i)).toList();
  }

  private static String login(Marks marks, String server, int i) {
    var name = "bs_%012x_many_a".formatted(i);
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
