package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/// Changes roles: under advisory locks, only while no later leader has left its term on the
/// server, and again when the failure was a passing one.
final class Transactions {
  private static final Logger LOG = Logger.getLogger(Transactions.class);
  private static final int ATTEMPTS = 6;
  private static final int PAUSE_MILLIS = 40;

  /// What a prepared transaction holds has no pid (manual, view pg_locks): advisory locks, and
  /// those on the catalogs that all databases share.
  private static final String PREPARED =
      """
      SELECT count(DISTINCT virtualtransaction) FROM pg_catalog.pg_locks
       WHERE pid IS NULL AND (locktype = 'advisory' OR locktype = 'relation' AND database = 0)""";

  /// Logins of ours that hold what a change of roles needs. Where no connection is free, nobody
  /// else clears the way.
  private static final String HOLDERS =
      """
      SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity a
       WHERE a.usename LIKE 'bs\\_%'
         AND NOT pg_catalog.pg_has_role(a.usesysid, current_user, 'MEMBER') AND EXISTS (
         SELECT FROM pg_catalog.pg_locks l
          WHERE l.pid = a.pid AND l.granted
            AND (l.locktype = 'advisory' AND l.database = (
                   SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
              OR l.locktype = 'relation' AND l.database = 0 AND l.mode <> 'AccessShareLock'))""";

  private final Server server;
  private final Marks marks;
  private final Term term;

  Transactions(Server server, Marks marks, Term term) {
    this.server = server;
    this.marks = marks;
    this.term = term;
  }

  /// Runs `work` in one transaction on `connection`, which leads to the administrator's database.
  ///
  /// @param keys taken in this order, group before service
  void run(Connection connection, Work work, String... keys) throws EngineException {
    for (int attempt = 1; ; attempt++) {
      try {
        once(connection, work, keys);
        return;
      } catch (SQLException e) {
        if (PgErrors.waitedForLock(e)) {
          refusePrepared(connection);
          endHolders(connection);
        }
        if (attempt == ATTEMPTS || !PgErrors.passing(e)) throw PgErrors.running(e, server);
        pause(attempt);
      }
    }
  }

  private void once(Connection connection, Work work, String... keys)
      throws SQLException, EngineException {
    var sql = new Sql(connection);
    sql.begin();
    try (var _ = Clearing.of(server, connection)) {
      for (var key : keys) lock(sql, key);
      checkTerm(sql);
      work.run(sql);
      sql.commit();
    } catch (Throwable e) { // an Error, too: to end the transaction otherwise would commit it
      sql.rollback();
      throw e;
    } finally {
      sql.end();
    }
  }

  private void refusePrepared(Connection connection) throws EngineException {
    try {
      int held = new Sql(connection).first(PREPARED, row -> row.getInt(1)).orElse(0);
      if (held > 0)
        throw EngineException.of(
            Reason.PreparedTransactions,
            "%d prepared transactions hold locks on the roles of %s: COMMIT PREPARED or ROLLBACK PREPARED them (see pg_prepared_xacts)"
                .formatted(held, server.name()));
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  private void endHolders(Connection connection) {
    try {
      int ended = new Sql(connection).query(HOLDERS, row -> true).size();
      if (ended > 0) LOG.infof("blocking sessions ended: server=%s count=%d", server.name(), ended);
    } catch (SQLException e) {
      LOG.infof("blocking sessions remain: server=%s: %s", server.name(), ConnectFailure.said(e));
    }
  }

  private static void lock(Sql sql, String key) throws SQLException {
    sql.query(
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))",
        row -> true,
        "backingservice/" + key);
  }

  /// The term is the comment of a role that cannot log in. It only grows.
  private void checkTerm(Sql sql) throws SQLException, EngineException {
    var role = "bs_" + marks.instance();
    var found =
        sql.first(
            "SELECT pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = $1",
            row -> String.valueOf(row.getString(1)),
            role);
    long stored =
        found
            .flatMap(c -> marks.read(role, c))
            .map(m -> Long.parseLong(m.getOrDefault("term", "0")))
            .orElse(0L);
    long mine = term.above(stored, server.name());
    if (stored == mine) return;
    if (found.isEmpty()) sql.run("CREATE ROLE " + Sql.name(role) + " " + Roles.PLAIN);
    var mark = marks.write(role, Map.of("kind", "term", "term", Long.toString(mine)));
    sql.run("COMMENT ON ROLE " + Sql.name(role) + " IS " + Sql.text(mark));
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS * attempt) + PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What a transaction does. May run more than once.
  @FunctionalInterface
  interface Work {
    void run(Sql sql) throws SQLException, EngineException;
  }
}
