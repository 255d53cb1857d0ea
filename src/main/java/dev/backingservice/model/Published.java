package dev.backingservice.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the binding Secret says. Its epoch is the commit point of every swap.
public sealed interface Published {

  /// There is none.
  record None() implements Published {}

  /// A Secret of that name which is not ours; it is never touched.
  record Foreign() implements Published {}

  /// Ours, but somebody changed it: nothing in it is believed, and it is written again.
  ///
  /// @param resourceVersion guards the next write
  record Edited(String resourceVersion) implements Published {}

  /// Ours, under our seal.
  ///
  /// @param requested the place that was asked for when it was published
  /// @param shape fingerprint of the mount path, the extra entries and the use of TLS
  /// @param given fingerprint of the credential that was handed over; empty where none is
  /// @param mountPath that the paths in it begin with
  /// @param aborted the epoch that an aborted motion meant to publish; 0 for none
  /// @param certificateEnds when the client certificate in it ends
  /// @param outdated whether its anchors verify its server no more
  /// @param resourceVersion guards the next write
  record Binding(
      Attachment active,
      Place requested,
      String shape,
      String given,
      String mountPath,
      long aborted,
      List<Debt> debts,
      Optional<Instant> certificateEnds,
      boolean outdated,
      String resourceVersion)
      implements Published {
    public Binding {
      debts = List.copyOf(debts);
    }

    /// The same with anchors that verify its server no more.
    public Binding asOutdated() {
      return new Binding(
          active,
          requested,
          shape,
          given,
          mountPath,
          aborted,
          debts,
          certificateEnds,
          true,
          resourceVersion);
    }
  }

  /// Guards the next write; empty when a new Secret is to be created.
  default String guard() {
    return switch (this) {
      case None _, Foreign _ -> "";
      case Edited(var version) -> version;
      case Binding b -> b.resourceVersion();
    };
  }

  /// Whether there is a Secret of ours.
  default boolean ours() {
    return switch (this) {
      case None _, Foreign _ -> false;
      case Edited _, Binding _ -> true;
    };
  }
}
