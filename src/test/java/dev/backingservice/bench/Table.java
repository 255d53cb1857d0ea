package dev.backingservice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A table of Markdown.
///
/// @param columns their titles
/// @param rows each with a cell for every column; the first cell names the row
record Table(List<String> columns, List<List<String>> rows) {
  Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (var row : rows)
      if (row.size() != columns.size())
        throw new IllegalArgumentException(row + " has no cell for each of " + columns);
  }

  static Table of(String... columns) {
    return new Table(List.of(columns), List.of());
  }

  /// @param markdown the lines of one table, as [#markdown] writes them
  static Table parse(List<String> markdown) {
    return new Table(
        cells(markdown.getFirst()), markdown.stream().skip(2).map(Table::cells).toList());
  }

  private static List<String> cells(String line) {
    return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  Table and(List<String> more) {
    return new Table(Stream.of(columns, more).flatMap(List::stream).toList(), rows);
  }

  /// With a row in the place of the one of the same name, or at the end.
  Table with(List<String> row) {
    var all = new ArrayList<>(rows);
    IntStream.range(0, all.size())
        .filter(i -> all.get(i).getFirst().equals(row.getFirst()))
        .findFirst()
        .ifPresentOrElse(i -> all.set(i, row), () -> all.add(row));
    return new Table(columns, all);
  }

  String markdown() {
    return Stream.concat(
            Stream.of(line(columns), "|" + "---|".repeat(columns.size())),
            rows.stream().map(Table::line))
        .collect(Collectors.joining("\n"));
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
