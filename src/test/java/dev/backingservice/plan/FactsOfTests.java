package dev.backingservice.plan;

import java.time.Duration;

/// Facts with one thing changed.
final class FactsOfTests {
  private FactsOfTests() {}

  static Facts asking(Facts f, Facts.Request request) {
    return with(f, request, f.memory(), f.inPhase());
  }

  static Facts inPhase(Facts f, Duration time) {
    return with(f, f.request(), f.memory(), time);
  }

  static Facts remembering(Facts f, Memory memory) {
    return with(f, f.request(), memory, f.inPhase());
  }

  private static Facts with(Facts f, Facts.Request request, Memory memory, Duration inPhase) {
    return new Facts(
        f.service(),
        request,
        f.published(),
        memory,
        f.servers(),
        f.workloads(),
        f.probe(),
        f.login(),
        inPhase,
        f.outcomes());
  }
}
