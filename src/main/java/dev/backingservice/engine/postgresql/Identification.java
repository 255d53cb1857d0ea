package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Server;
import dev.backingservice.engine.jdbc.Statements;
import dev.backingservice.engine.jdbc.Values;
import dev.backingservice.model.Identity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who a server is. The system identifier is the lineage and shared by physical copies; the
/// start time tells running processes apart and does not change at a promotion; the timeline
/// does. A standby has the timeline that it follows.
final class Identification {
  private static final String QUERY =
      """
      SELECT s.system_identifier::text,
             s.system_identifier::text || '/' || extract(epoch FROM pg_catalog.pg_postmaster_start_time())::numeric(20, 3)::text,
             %s,
             %s,
             pg_catalog.pg_is_in_recovery(),
             pg_catalog.current_setting('server_version')
        FROM pg_catalog.pg_control_system() s""";

  private static final String TIMELINE =
      """
      CASE WHEN pg_catalog.pg_is_in_recovery()
                  THEN upper(pg_catalog.lpad(pg_catalog.to_hex(GREATEST(
                         (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
                         (SELECT min_recovery_end_timeline FROM pg_catalog.pg_control_recovery()),
                         (SELECT received_tli FROM pg_catalog.pg_stat_get_wal_receiver()))), 8, '0'))
                  ELSE substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END""";

  private static final String POSITION =
      """
      CASE WHEN pg_catalog.pg_is_in_recovery() THEN ''
                  ELSE pg_catalog.lpad(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(), '0/0')::text, 20, '0') END""";

  private static final String REPLAYED =
      "SELECT COALESCE(pg_catalog.lpad(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_replay_lsn(), '0/0')::text, 20, '0'), '')";

  private static final Object[] NO_PARAMETERS = {};

  /// How many columns an identity has.
  static final int COLUMNS = 6;

  private static final String BOTH = "SELECT * FROM (%s) identity LEFT JOIN (%s) other ON true";

  private static final String FULL = QUERY.formatted(TIMELINE, POSITION);
  private static final String BRIEF = QUERY.formatted("''", "''");

  /// object_not_in_prerequisite_state, feature_not_supported, insufficient_privilege: what Amazon
  /// Aurora says of the functions about its log.
  private static final Set<String> WITHHELD =
      Set.of("55000", "0A000", PgErrors.INSUFFICIENT_PRIVILEGE);

  /// The running process of each server that tells nothing of its log: it is not asked again.
  private final Map<Server, String> briefly = new ConcurrentHashMap<>();

  /// @throws SQLException also when the process is said to be of another lineage: whoever lies
  ///     about that would be taken for another server
  Identity read(Sql sql, Server server) throws SQLException {
    return trusted(seen(sql, server, Optional.empty()), server).identity;
  }

  /// The same with the rows of another query, in one statement: what is decided by both was seen at
  /// one moment.
  ///
  /// @param query with columns of its own names; its parameters are those of this one
  /// @param row reads it, after [#COLUMNS] columns
  <T> With<T> readWith(
      Sql sql, Server server, String query, Statements.Row<T> row, Object... parameters)
      throws SQLException {
    return trusted(seen(sql, server, Optional.of(new Besides<>(query, row, parameters))), server);
  }

  /// @param rows of the other query
  record With<T>(Identity identity, List<T> rows) {}

  private record Besides<T>(String query, Statements.Row<T> row, Object... parameters) {}

  private static <T> With<T> trusted(With<T> seen, Server server) {
    return server.promotions() == Server.Promotions.Trust
        ? new With<>(seen.identity.withoutTimeline(), seen.rows)
        : seen;
  }

  private <T> With<T> seen(Sql sql, Server server, Optional<Besides<T>> besides)
      throws SQLException {
    var before = briefly.get(server);
    if (before == null) return full(sql, server, besides);
    var brief = read(sql, BRIEF, besides);
    return brief.identity.instanceId().equals(before) ? brief : full(sql, server, besides);
  }

  /// The running process alone.
  static String instance(Sql sql) throws SQLException {
    return read(sql, BRIEF, Optional.empty()).identity.instanceId();
  }

  private <T> With<T> full(Sql sql, Server server, Optional<Besides<T>> besides)
      throws SQLException {
    try {
      var full = read(sql, FULL, besides);
      briefly.remove(server);
      return full;
    } catch (SQLException e) {
      if (!WITHHELD.contains(PgErrors.state(e))) throw e;
      var brief = read(sql, BRIEF, besides);
      briefly.put(server, brief.identity.instanceId());
      return brief;
    }
  }

  /// How far a standby has replayed the log; empty text where it does not tell.
  String replayed(Sql sql) throws SQLException {
    try {
      return sql.first(REPLAYED, row -> row.getString(1)).orElse("");
    } catch (SQLException e) {
      if (!WITHHELD.contains(PgErrors.state(e))) throw e;
      return "";
    }
  }

  /// Whether a server was found to tell nothing of its log.
  boolean withheld(Server server) {
    return briefly.containsKey(server);
  }

  void keep(Collection<Server> stillThere) {
    briefly.keySet().retainAll(stillThere);
  }

  /// Of rows without end one identity is kept.
  private static <T> With<T> read(Sql sql, String query, Optional<Besides<T>> besides)
      throws SQLException {
    var identities = new ArrayList<Identity>(1);
    var others =
        sql.query(
            besides.map(b -> BOTH.formatted(query, b.query)).orElse(query),
            row -> {
              if (identities.isEmpty()) identities.add(identity(row));
              return besides(row, besides);
            },
            besides.map(Besides::parameters).orElse(NO_PARAMETERS));
    if (identities.isEmpty()) throw new Sql.Unexpected(null);
    var identity = identities.getFirst();
    if (!identity.instanceId().startsWith(identity.serverId() + "/"))
      throw new Sql.Unexpected(null);
    return new With<>(identity, others.stream().flatMap(Optional::stream).toList());
  }

  private static <T> Optional<T> besides(Values row, Optional<Besides<T>> besides)
      throws SQLException {
    return besides.isEmpty() || row.getString(COLUMNS + 1) == null
        ? Optional.empty()
        : Optional.of(besides.get().row.read(row));
  }

  private static Identity identity(Values row) throws SQLException {
    return new Identity(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getBoolean(5) ? Identity.Role.Replica : Identity.Role.Primary,
        row.getString(6));
  }
}
