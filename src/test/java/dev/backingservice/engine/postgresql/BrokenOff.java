package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import dev.backingservice.model.RootKey;
import java.sql.SQLException;

/// A change of roles that a bug breaks off.
public final class BrokenOff {
  private BrokenOff() {}

  /// Runs a statement, and throws before the transaction would be committed.
  public static void change(RootKey key, Server server, Term term, String statement, Error bug)
      throws SQLException, EngineException {
    try (var connection = Connections.inside(server, server.adminDatabase())) {
      new Transactions(server, new Marks(key), term)
          .run(
              connection,
              sql -> {
                sql.run(statement);
                throw bug;
              });
    }
  }
}
