package dev.backingservice.faults;

/// What goes wrong once in the life of one service.
record Plan(Point point, Fault fault) {
  @Override
  public String toString() {
    return point + ": " + fault;
  }
}
