package dev.backingservice.plan;

import dev.backingservice.model.Failure;
import java.util.List;
import java.util.Optional;

/// What the preflight found when it looked at the old and the new server side by side. Reading
/// only.
///
/// @param place why the place cannot be used on the new server
/// @param sameness whether both names lead to one running server
/// @param contents how the two places compare; empty when the new one was not read, or the engine
///     compares nothing
/// @param unread why the old place could not be read; empty when it was, or nobody could ask
/// @param fence why the old server could not be fenced, though it answers
/// @param write why the binding Secret or a workload could not be written
public record Probe(
    Optional<Failure> place,
    Sameness sameness,
    Optional<Contents> contents,
    Optional<Failure> unread,
    Optional<Failure> fence,
    Optional<Failure> write) {

  /// The same with a place that cannot be used for another reason.
  public Probe closed(Optional<Failure> why) {
    return new Probe(place.or(() -> why), sameness, contents, unread, fence, write);
  }

  /// The same with what came of the dry runs.
  public Probe writing(Optional<Failure> refusal) {
    return new Probe(place, sameness, contents, unread, fence, refusal);
  }

  /// Whether two names lead to one running server.
  public enum Sameness {
    Same,
    Different,
    /// One of them was not asked.
    Untold
  }

  /// How the contents of two places compare.
  ///
  /// @param there how much the new place holds
  /// @param before what is known of the old place
  public record Contents(int there, Before before) {}

  /// What nobody is let use yet.
  ///
  /// @param cure who has to grant it, and how
  public record Closed(String name, String cure) {}

  /// What the old place holds.
  public sealed interface Before {
    /// It was not read.
    record Unread() implements Before {}

    /// It was compared by name.
    ///
    /// @param lacking names that the new place lacks, at most a few
    /// @param closed what of the old place is on the new one and cannot be used there: a name, and
    ///     who has to grant it and how
    record Named(List<String> lacking, Optional<Closed> closed) implements Before {
      public Named {
        lacking = List.copyOf(lacking);
      }

      public Named(List<String> lacking) {
        this(lacking, Optional.empty());
      }
    }

    /// It was counted.
    record Counted(int held) implements Before {}
  }
}
