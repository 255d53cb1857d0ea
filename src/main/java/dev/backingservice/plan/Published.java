package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the binding Secret says. Its epoch is the commit point of every swap.
public sealed interface Published {

  /// There is none.
  record None() implements Published {}

  /// A Secret of that name which is not ours; it is never touched.
  record Foreign() implements Published {}

  /// Ours.
  ///
  /// @param genuine whether our seal covers what is in it
  /// @param requested the place that was asked for when it was published
  /// @param shape fingerprint of the mount path and the extra entries
  /// @param certificateEnds when the client certificate in it ends
  /// @param resourceVersion guards the next write
  record Binding(
      boolean genuine,
      Attachment active,
      Place requested,
      String shape,
      List<Debt> debts,
      Optional<Instant> certificateEnds,
      String resourceVersion)
      implements Published {
    public Binding {
      debts = List.copyOf(debts);
    }
  }

  /// Guards the next write; empty when a new Secret is to be created.
  default String guard() {
    return this instanceof Binding binding ? binding.resourceVersion() : "";
  }
}
