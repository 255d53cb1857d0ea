package dev.backingservice.plan;

import dev.backingservice.model.Intent;

/// Why a motion was begun. The cause says whether it still stands.
public enum Cause {
  /// The spec names another place.
  Edit,
  /// The credential is renewed.
  Rotation,
  /// The spec names the same running server by another name.
  Repoint,
  /// The mount path or the extra entries changed.
  Reshape,
  /// Another instance answers under the name of the active server.
  HostMoved,
  /// The active server takes no writes, and a candidate does.
  Failover,
  /// The platform team replaces the server.
  ReplacedBy,
  /// Back to the spec after a failover.
  Return;

  /// Whether what began the motion still asks for it.
  boolean stands(Facts f, Motion m) {
    return switch (this) {
      case Edit, Repoint, Return, ReplacedBy -> f.wants(m.to().place());
      case Reshape, HostMoved, Rotation -> attached(f) && !f.movesAway(m.to().place());
      case Failover -> attached(f);
    };
  }

  private static boolean attached(Facts f) {
    return f.intent().filter(i -> i.state() == Intent.State.Attached).isPresent();
  }
}
