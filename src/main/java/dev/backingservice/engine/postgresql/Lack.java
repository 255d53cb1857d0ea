package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Reason;
import java.util.List;
import java.util.stream.Collectors;

/// What only its owner can grant. Nothing is to be given to the administrator itself: a membership
/// in the owner of a relation, or of a database, may be one in a superuser.
///
/// @param owner as SQL names it
/// @param grants statements, in their order
record Lack(String owner, List<String> grants) {
  Lack {
    grants = List.copyOf(grants);
  }

  /// Who runs what.
  String cure() {
    return "let %s run %s".formatted(owner, String.join("; ", grants));
  }

  /// All of it, in its order. The groups that the statements name are there.
  static EngineException refusal(String server, String database, List<Lack> lacks) {
    return EngineException.of(
        Reason.PrivilegesIncomplete,
        "on %s the administrator may not grant what services need in database %s: %s"
            .formatted(
                server,
                database,
                lacks.stream().map(Lack::cure).collect(Collectors.joining("; then "))));
  }
}
