package dev.backingservice.faults;

/// One write in the life of a service.
///
/// @param phase of its life
/// @param write verb and resource
/// @param nth among the writes of this kind in the phase, from 1
record Point(String phase, String write, int nth) {
  @Override
  public String toString() {
    return "%s: %s %d".formatted(phase, write, nth);
  }
}
