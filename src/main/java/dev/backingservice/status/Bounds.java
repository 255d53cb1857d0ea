package dev.backingservice.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The schema's bounds: a status that exceeds them would be refused whole.
public final class Bounds {
  /// Characters of a message.
  public static final int MESSAGE = 1024;

  static final int WORKLOADS = 1024;
  static final int DEBTS = 256;
  static final int SERVERS = 256;
  private static final String CUT = "…";

  private Bounds() {}

  /// A message, cut where it is too long.
  public static String message(String text) {
    return text(text, MESSAGE);
  }

  static String text(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - CUT.length()) + CUT;
  }

  /// The first of a list; null when there is none.
  static <T> @Nullable List<T> list(List<T> list, int most) {
    if (list.isEmpty()) return null;
    return list.size() <= most ? list : List.copyOf(list.subList(0, most));
  }

  /// How many were left out; null when none was.
  static @Nullable Integer omitted(List<?> list, int most) {
    return list.size() <= most ? null : list.size() - most;
  }
}
