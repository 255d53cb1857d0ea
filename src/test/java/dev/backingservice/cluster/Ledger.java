package dev.backingservice.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Every order that a server acknowledged, as the pods told the book.
record Ledger(List<Entry> entries) {

  /// @param id of the order
  /// @param host of the server as the pod knows it
  /// @param began when the order was sent, microseconds since the epoch by the node's clock
  /// @param ended when it was acknowledged
  record Entry(String id, String host, long began, long ended) {
    static Entry of(String line) {
      var words = line.split(" ");
      return new Entry(words[0], words[1], Long.parseLong(words[2]), Long.parseLong(words[3]));
    }
  }

  static Ledger of(String text) {
    return new Ledger(text.lines().filter(line -> !line.isBlank()).map(Entry::of).toList());
  }

  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /// Acknowledged, but not on the server that acknowledged it.
  long lost(Map<String, Set<String>> held) {
    return entries.stream().filter(e -> !held.get(e.host).contains(e.id)).count();
  }

  /// When a server acknowledged something for the first time that was sent after `from`.
  long first(String host, long from) {
    return entries.stream()
        .filter(e -> e.host.equals(host) && e.began > from)
        .mapToLong(Entry::ended)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /// A swap as the application could see it.
  ///
  /// @param edited when the spec was, microseconds since the epoch
  /// @param switched when the binding was seen to name the new server
  record Cut(String from, String to, long edited, long switched) {}

  /// Sent to a server after the binding had left it, and acknowledged before the next edit.
  ///
  /// @param cuts one after the other
  long afterCuts(List<Cut> cuts) {
    long late = 0;
    for (int i = 0; i < cuts.size(); i++) {
      var cut = cuts.get(i);
      long until = i + 1 < cuts.size() ? cuts.get(i + 1).edited : Long.MAX_VALUE;
      late += afterCut(Databases.host(cut.from), cut.switched, until);
    }
    return late;
  }

  private long afterCut(String old, long cut, long until) {
    return entries.stream()
        .filter(e -> e.host.equals(old) && e.began > cut && e.ended < until)
        .count();
  }
}
