package dev.backingservice.sandbox;

import java.sql.SQLException;

/// Compares what was acknowledged with what is there.
///
/// @param lost acknowledged, but not on the server that acknowledged it
/// @param onOldAfterCut sent after the binding was seen to name the new server, and
/// acknowledged by the old one
public record Ledger(long acknowledged, long onOld, long onNew, long lost, long onOldAfterCut) {

  /// @param writer that has ended
  public static Ledger judge(Writer writer, Books old, Books successor) throws SQLException {
    var entries = writer.ledger();
    var onOld = old.written();
    var onNew = successor.written();
    long lost =
        entries.stream()
            .filter(e -> !(e.port() == old.port() ? onOld : onNew).contains(e.id()))
            .count();
    long cut = writer.boundSince(successor.port());
    long late = entries.stream().filter(e -> e.port() == old.port() && e.began() > cut).count();
    return new Ledger(entries.size(), onOld.size(), onNew.size(), lost, late);
  }
}
