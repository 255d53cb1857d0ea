package dev.backingservice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A plot of lines or bars, as SVG.
///
/// @param x what the horizontal axis says, from 0
/// @param y what the vertical axis says, from 0
record Plot(String title, String x, String y) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 60;
  private static final int TICKS = 4;
  private static final List<String> COLORS = List.of("#1b6ca8", "#c1440e", "#3a7d44", "#6c4a8e");

  /// @param lines points by name, each a pair of x and y
  void write(Path file, Map<String, List<double[]>> lines) throws IOException {
    Files.writeString(file, svg(new TreeMap<>(lines)));
  }

  /// One bar.
  ///
  /// @param from where it begins on the horizontal axis
  /// @param to where it ends, the last one of all of them at the right edge
  record Bar(String name, double from, double to) {}

  /// @param bars from top to bottom, at least one
  void bars(Path file, List<Bar> bars) throws IOException {
    double right = bars.stream().mapToDouble(Bar::to).max().orElseThrow();
    var svg = frame(right);
    double each = 1.0 / bars.size();
    for (int i = 0; i < bars.size(); i++) {
      var bar = bars.get(i);
      int left = across(bar.from / right);
      int top = up(1 - i * each);
      int height = up(1 - (i + 0.7) * each) - top;
      svg.append(
          "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
              .formatted(
                  left,
                  top,
                  Math.max(1, across(bar.to / right) - left),
                  height,
                  COLORS.get(i % COLORS.size())));
      var says = "%s, %s".formatted(bar.name, number(bar.to - bar.from));
      boolean late = bar.from > right / 2;
      svg.append(
          late
              ? text(left - 6, top + height / 2 + 4, "end", says)
              : text(across(bar.to / right) + 6, top + height / 2 + 4, "start", says));
    }
    Files.writeString(file, svg.append("</svg>\n").toString());
  }

  /// @param right the greatest number on the horizontal axis
  private StringBuilder frame(double right) {
    var svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            .formatted(WIDTH, HEIGHT));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    svg.append(text(WIDTH / 2, 20, "middle", title));
    svg.append(text(WIDTH / 2, HEIGHT - 15, "middle", x));
    svg.append(text(8, MARGIN - 15, "start", y));
    for (int i = 0; i <= TICKS; i++) {
      double share = i / (double) TICKS;
      svg.append(text(across(share), HEIGHT - MARGIN + 18, "middle", number(right * share)));
    }
    return svg;
  }

  private String svg(TreeMap<String, List<double[]>> lines) {
    double right = greatest(lines, 0);
    double top = greatest(lines, 1);
    var svg = frame(right);
    for (int i = 0; i <= TICKS; i++) {
      double share = i / (double) TICKS;
      svg.append(text(MARGIN - 8, up(share) + 4, "end", number(top * share)));
      svg.append(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>\n"
              .formatted(MARGIN, WIDTH - MARGIN, up(share), up(share)));
    }
    int n = 0;
    for (var line : lines.entrySet()) {
      var color = COLORS.get(n % COLORS.size());
      var points = new StringBuilder();
      for (var point : line.getValue())
        points.append("%d,%d ".formatted(across(point[0] / right), up(point[1] / top)));
      svg.append(
          "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>\n"
              .formatted(color, points.toString().strip()));
      svg.append(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n"
              .formatted(MARGIN + 12, MARGIN + 16 * n++, color, line.getKey()));
    }
    return svg.append("</svg>\n").toString();
  }

  private static double greatest(Map<String, List<double[]>> lines, int axis) {
    return lines.values().stream()
        .flatMap(List::stream)
        .mapToDouble(point -> point[axis])
        .max()
        .orElse(1);
  }

  private static int across(double share) {
    return (int) Math.round(MARGIN + share * (WIDTH - 2 * MARGIN));
  }

  private static int up(double share) {
    return (int) Math.round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN));
  }

  private static String number(double value) {
    return "%,.0f".formatted(value);
  }

  private static String text(int x, int y, String anchor, String text) {
    return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n".formatted(x, y, anchor, text);
  }
}
