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

  /// Sent to a server after it had been cut off, at `cut`, and acknowledged before `until`.
  long afterCut(String old, long cut, long until) {
    return entries.stream()
        .filter(e -> e.host.equals(old) && e.began > cut && e.ended < until)
        .count();
  }
}
