package dev.backingservice.engines;

import dev.backingservice.engine.Term;

/// The term of a leader that cannot raise it.
record FixedTerm(long mine) implements Term {
  @Override
  public boolean raiseAbove(long found) {
    return false;
  }
}
