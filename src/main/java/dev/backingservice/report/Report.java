package dev.backingservice.report;

import dev.backingservice.api.BackingServiceStatus;
import java.time.Duration;
import java.util.List;

/// What is to be told, and when to look again.
public record Report(BackingServiceStatus status, List<Notice> notices, Duration again) {
  public Report {
    notices = List.copyOf(notices);
  }

  /// Whether the next phase begins at once.
  public boolean onward() {
    return again.equals(Pace.AT_ONCE);
  }
}
