package dev.backingservice.plan;

import java.time.Instant;

/// What the fence found.
///
/// @param instance the process and timeline it is valid for; empty when nobody answered
/// @param sessionsEnded how many the operator ended
public record FenceProof(Result result, String instance, int sessionsEnded, Instant at) {

  /// The ways a fence can end.
  public enum Result {
    /// Nobody is left, and the login is refused.
    Verified,
    /// The old server is a standby now; sessions were ended.
    ReadOnly,
    /// Nobody answers there.
    Unreachable,
    /// Sessions remain, and the policy says to go on.
    SessionsRemain,
    /// Nothing to fence: the server is the same.
    NotNeeded,
    /// The engine has no fence.
    NotSupported
  }

  /// Whether a fence is still owed.
  public boolean owes() {
    return switch (result) {
      case Verified, NotNeeded, NotSupported -> false;
      case ReadOnly, Unreachable, SessionsRemain -> true;
    };
  }
}
