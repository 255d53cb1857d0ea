package dev.backingservice.report;

import dev.backingservice.api.Condition.Status;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;

/// What one condition says.
record Verdict(String type, Status status, Reason reason, String message) {

  static Verdict yes(String type, String message) {
    return new Verdict(type, Status.True, Reason.valueOf(type), message);
  }

  static Verdict wait(String type, Reason reason, String message) {
    return new Verdict(type, Status.Unknown, reason, message);
  }

  static Verdict no(String type, Failure failure) {
    var status = failure.reason() == Reason.Pending ? Status.Unknown : Status.False;
    return new Verdict(type, status, failure.reason(), failure.message());
  }
}
