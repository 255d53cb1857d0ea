package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Clears the way of a transaction that waits for a lock. A tenant can hold what we need: an open
/// `ALTER ROLE` of its own login, or our advisory key. Whoever blocks us and is no administrator is
/// ended, from a second connection.
final class Clearing implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Clearing.class);
  private static final long PATIENCE_MILLIS = 300;
  private static final String BLOCKERS =
      """
      SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
       WHERE pid = ANY (pg_catalog.pg_blocking_pids($1))
         AND NOT pg_catalog.pg_has_role(usesysid, current_user, 'MEMBER')""";

  private final Server server;
  private final int pid;
  private final Thread watch;
  private volatile boolean over;
  private volatile @Nullable Connection second;

  private Clearing(Server server, int pid) {
    this.server = server;
    this.pid = pid;
    this.watch = Thread.ofPlatform().daemon().name("clearing").start(this::run);
  }

  /// Watches over what `connection` does until it is closed.
  static Clearing of(Server server, Connection connection) throws SQLException {
    return new Clearing(server, connection.unwrap(PGConnection.class).getBackendPID());
  }

  private void run() {
    try {
      TimeUnit.MILLISECONDS.sleep(PATIENCE_MILLIS);
      try (var connection = Connections.inside(server, server.adminDatabase())) {
        second = connection;
        while (!over) {
          int ended = new Sql(connection).query(BLOCKERS, row -> true, pid).size();
          if (ended > 0)
            LOG.infof("blocking sessions ended: server=%s count=%d", server.name(), ended);
          TimeUnit.MILLISECONDS.sleep(PATIENCE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // the transaction is over
    } catch (SQLException | EngineException e) {
      if (over) return; // interrupted while it connected
      LOG.infof(
          "cannot clear the way: server=%s cause=%s", server.name(), e.getClass().getSimpleName());
    }
  }

  @Override
  public void close() {
    over = true;
    watch.interrupt();
    var open = second;
    if (open == null) return;
    try {
      open.abort(Runnable::run);
    } catch (SQLException e) {
      return; // it is gone either way
    }
  }
}
