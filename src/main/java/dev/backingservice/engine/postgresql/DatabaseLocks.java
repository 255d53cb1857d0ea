package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import java.sql.SQLException;
import org.jboss.logging.Logger;

/// Everybody who connects to a database takes a lock on it. `DROP DATABASE` asks for one that
/// excludes all others before the server looks whether its caller may: behind an open transaction
/// that names the database, any login could keep everybody out.
final class DatabaseLocks {
  private static final Logger LOG = Logger.getLogger(DatabaseLocks.class);

  /// No login of ours owns a database: none has a reason to exclude others from one.
  private static final String EXCLUDING =
      """
      SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
        JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
       WHERE r.rolname LIKE 'bs\\_%'
         AND EXISTS (SELECT FROM pg_catalog.pg_locks l
                      WHERE l.pid = a.pid AND l.locktype = 'object' AND l.database = 0
                        AND l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
                        AND l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))""";

  private DatabaseLocks() {}

  /// Ends the sessions of logins that exclude others from a database, or wait to do so.
  static void release(Server server, Sql sql) throws EngineException {
    try {
      int ended = sql.query(EXCLUDING, row -> true).size();
      if (ended > 0)
        LOG.infof(
            "sessions ended that kept others out of a database: server=%s count=%d",
            server.name(), ended);
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }
}
