package dev.backingservice.sandbox;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Compares what was acknowledged with what is there.
///
/// @param lost acknowledged, but not on the server that acknowledged it
/// @param onOldAfterCut acknowledged by the old server after the new one had acknowledged something
public record Ledger(long acknowledged, long onOld, long onNew, long lost, long onOldAfterCut) {

  public static Ledger judge(List<Writer.Entry> entries, Postgres old, Postgres successor)
      throws SQLException {
    var onOld = ids(old);
    var onNew = ids(successor);
    long lost =
        entries.stream()
            .filter(e -> !(e.port() == old.port() ? onOld : onNew).contains(e.id()))
            .count();
    long firstOnNew = entries.stream().takeWhile(e -> e.port() != successor.port()).count();
    long late = entries.stream().skip(firstOnNew).filter(e -> e.port() == old.port()).count();
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
