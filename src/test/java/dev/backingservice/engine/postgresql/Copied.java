package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Marks;
import dev.backingservice.model.RootKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What a server holds that was copied from one with many services.
public final class Copied {
  private static final String ADMIN = "bs_admin";

  private Copied() {}

  /// Statements that make logins with genuine marks, members of a group. A superuser makes them,
  /// which is quick, and gives them to the administrator as if it had made them itself.
  ///
  /// @param server that the marks name
  /// @param names what their names end in
  public static List<String> logins(RootKey key, String server, String names, int count) {
    var marks = new Marks(key);
    var group = "bs_%s_group".formatted(names);
    var logins = names(names, count);
    var statements = new ArrayList<>(List.of("CREATE ROLE " + group));
    for (int i = 0; i < count; i++) statements.add(login(marks, server, logins.get(i), i));
    var all = String.join(", ", logins);
    return List.of(
        String.join(";", statements),
        "GRANT %s, %s TO %s WITH ADMIN OPTION".formatted(group, all, ADMIN),
        "SET ROLE " + ADMIN,
        "GRANT %s TO %s".formatted(group, all),
        "RESET ROLE");
  }

  /// The statement that takes them away again.
  public static String gone(String names, int count) {
    return "DROP ROLE bs_%s_group, %s".formatted(names, String.join(", ", names(names, count)));
  }

  /// How a look at one of them is carried out, as JSON.
  public static String plan(String names) {
    return "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "
        + LoginRow.QUERY.replace("$1", "'{%s}'".formatted(names(names, 1).getFirst()));
  }

  private static List<String> names(String names, int count) {
    return IntStream.range(0, count).mapToObj(i -> "bs_%012x_%s_a".formatted(i, names)).toList();
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
