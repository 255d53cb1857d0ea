package dev.backingservice.plan;

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

  /// Whether what began the motion still asks for it, and its target is still the server that was
  /// meant.
  boolean stands(Facts f, Motion m) {
    return m.concerns(f.active())
        && !Promotions.replaced(f, m.to())
        && handedOver(f, m)
        && asks(f, m);
  }

  /// Whether the login that is being attached is the one that the tenant hands over.
  private static boolean handedOver(Facts f, Motion m) {
    return !f.given() || f.service().logins().all().contains(m.to().login());
  }

  private boolean asks(Facts f, Motion m) {
    return switch (this) {
      case Edit, Return, ReplacedBy -> f.wants(m.to().place()) && !Promotions.united(f, m);
      case Repoint -> f.wants(m.to().place()) && !Promotions.parted(f, m);
      case Reshape -> attached(f) && Start.reshaped(f) && !m.interrupted(f);
      case HostMoved, Rotation -> attached(f) && !m.interrupted(f);
      case Failover -> attached(f);
    };
  }

  private static boolean attached(Facts f) {
    return f.intent().isPresent() && !f.leaving();
  }
}
