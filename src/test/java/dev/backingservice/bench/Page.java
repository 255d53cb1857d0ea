package dev.backingservice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A page whose tables are written by benchmarks, and all else by hand. The table of a benchmark
/// stands between two comments that Markdown does not show.
///
/// @param text the whole page
record Page(String text) {
  private static final Path FILE = Path.of("src/docs/performance.md");
  private static final String END = "<!-- end -->";

  /// Writes a table into the page of the documentation, and to the terminal.
  static void write(String part, Table table) throws IOException {
    System.out.printf("%n%s%n%s%n", part, table.markdown());
    Files.writeString(FILE, new Page(Files.readString(FILE)).with(part, table).text);
  }

  /// Writes one row into a table of the page; the others stay.
  static void writeRow(String part, List<String> columns, List<String> row) throws IOException {
    var page = new Page(Files.readString(FILE));
    var lines = page.part(part).lines().filter(line -> !line.isBlank()).toList();
    var there = lines.isEmpty() ? new Table(columns, List.of()) : Table.parse(lines);
    write(
        part,
        new Table(columns, there.columns().equals(columns) ? there.rows() : List.of()).with(row));
  }

  /// What stands in a part now.
  ///
  /// @throws IllegalArgumentException where the page has no such part
  String part(String name) {
    return text.substring(from(name), to(name));
  }

  Page with(String part, Table table) {
    return new Page(
        text.substring(0, from(part)) + table.markdown() + "\n" + text.substring(to(part)));
  }

  private int from(String part) {
    return after(": %s -->\n".formatted(part), 0);
  }

  private int to(String part) {
    return after(END, from(part)) - END.length();
  }

  private int after(String what, int from) {
    int at = text.indexOf(what, from);
    if (at < 0) throw new IllegalArgumentException("the page has no line " + what);
    return at + what.length();
  }
}
