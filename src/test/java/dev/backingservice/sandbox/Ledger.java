package dev.backingservice.sandbox;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/// Compares what was acknowledged with what is there.
///
/// @param lost acknowledged, but not on the server that acknowledged it
/// @param onOldAfterCut sent after the binding was seen to name the new server, and
/// acknowledged by the old one
public record Ledger(long acknowledged, long onOld, long onNew, long lost, long onOldAfterCut) {

  /// @param writer that has ended
  public static Ledger judge(Writer writer, Postgres old, Postgres successor) throws SQLException {
    var entries = writer.ledger();
    var onOld = ids(old);
    var onNew = ids(successor);
    long lost =
        entries.stream()
            .filter(e -> !(e.port() == old.port() ? onOld : onNew).contains(e.id()))
            .count();
    long cut = writer.boundSince(successor.port());
    long late = entries.stream().filter(e -> e.port() == old.port() && e.began() > cut).count();
    return new Ledger(entries.size(), onOld.size(), onNew.size(), lost, late);
  }

  private static Set<Long> ids(Postgres server) throws SQLException {
    var ids = new HashSet<Long>();
    try (var connection = server.superuser("orders");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT id FROM writes")) {
      while (rows.next()) ids.add(rows.getLong(1));
    }
    return ids;
  }
}
