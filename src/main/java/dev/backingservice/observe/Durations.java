package dev.backingservice.observe;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as GEP-2257 writes them: `1h30m`, `500ms`.
public final class Durations {
  private static final Pattern PART = Pattern.compile("([0-9]{1,5})(h|ms|m|s)");

  private Durations() {}

  /// The duration that `text` writes; `otherwise` when there is none.
  public static Duration of(@Nullable String text, Duration otherwise) {
    if (text == null || text.isBlank()) return otherwise;
    var sum = Duration.ZERO;
    var parts = PART.matcher(text);
    while (parts.find()) sum = sum.plus(part(Long.parseLong(parts.group(1)), parts.group(2)));
    return sum;
  }

  private static Duration part(long count, String unit) {
    return switch (unit) {
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      case "s" -> Duration.ofSeconds(count);
      default -> Duration.ofMillis(count);
    };
  }
}
