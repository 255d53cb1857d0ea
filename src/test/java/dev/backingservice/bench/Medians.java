package dev.backingservice.bench;

import java.util.List;

/// Order statistics of what was measured several times.
final class Medians {
  private Medians() {}

  /// The middle one; of an even number the greater of the two.
  ///
  /// @param values at least one
  static <T extends Comparable<T>> T of(List<T> values) {
    return share(values, 0.5);
  }

  /// The smallest value that so large a share of all is smaller than.
  ///
  /// @param share from 0 to less than 1
  static <T extends Comparable<T>> T share(List<T> values, double share) {
    return values.stream().sorted().toList().get((int) (values.size() * share));
  }

  static <T extends Comparable<T>> T greatest(List<T> values) {
    return values.stream().sorted().toList().getLast();
  }
}
