package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Identity;
import java.sql.SQLException;

/// Who a server is. The system identifier is the lineage and shared by physical copies; the
/// start time tells running processes apart and does not change at a promotion; the timeline
/// does. A standby has the timeline that it follows.
final class Identification {
  private static final String QUERY =
      """
      SELECT s.system_identifier::text,
             s.system_identifier::text || '/' || extract(epoch FROM pg_catalog.pg_postmaster_start_time())::numeric(20, 3)::text,
             CASE WHEN pg_catalog.pg_is_in_recovery()
                  THEN upper(pg_catalog.lpad(pg_catalog.to_hex(GREATEST(
                         (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()),
                         (SELECT min_recovery_end_timeline FROM pg_catalog.pg_control_recovery()),
                         (SELECT received_tli FROM pg_catalog.pg_stat_get_wal_receiver()))), 8, '0'))
                  ELSE substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END,
             CASE WHEN pg_catalog.pg_is_in_recovery() THEN ''
                  ELSE pg_catalog.lpad(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(), '0/0')::text, 20, '0') END,
             pg_catalog.pg_is_in_recovery(),
             pg_catalog.current_setting('server_version')
        FROM pg_catalog.pg_control_system() s""";

  private Identification() {}

  /// @throws SQLException also when the process is said to be of another lineage: whoever lies
  ///     about that would be taken for another server
  static Identity read(Sql sql) throws SQLException {
    var identity =
        sql.one(
            QUERY,
            row ->
                new Identity(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getBoolean(5) ? Identity.Role.Replica : Identity.Role.Primary,
                    row.getString(6)));
    if (!identity.instanceId().startsWith(identity.serverId() + "/"))
      throw new Sql.Unexpected(null);
    return identity;
  }
}
