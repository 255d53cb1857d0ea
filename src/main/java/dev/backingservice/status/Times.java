package dev.backingservice.status;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// Points in time as the API writes them: RFC 3339, whole seconds.
public final class Times {
  private Times() {}

  public static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static @Nullable String write(@Nullable Instant instant) {
    return instant == null ? null : text(instant);
  }

  /// The beginning of time for what nobody can read.
  public static Instant read(@Nullable String text) {
    if (text == null) return Instant.EPOCH;
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.EPOCH;
    }
  }
}
