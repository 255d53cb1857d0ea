package dev.backingservice.report;

import dev.backingservice.api.BackingServiceStatus;
import java.util.List;

/// What is to be told.
public record Report(BackingServiceStatus status, List<Notice> notices) {
  public Report {
    notices = List.copyOf(notices);
  }
}
