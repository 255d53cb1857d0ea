package dev.backingservice.plan;

import java.time.Instant;
import java.util.OptionalLong;

/// What the fence found.
///
/// @param running the process and timeline it is valid for; empty when nobody answered
/// @param position where the server's log ended; empty when nobody answered or there is none
/// @param sessionsEnded how many the operator ended
/// @param messagesLeft how many messages stay on the old server; empty where it has none
public record FenceProof(
    Result result,
    String running,
    String position,
    int sessionsEnded,
    OptionalLong messagesLeft,
    Instant at) {
  /// Of a server that holds no messages.
  public FenceProof(Result result, String running, String position, int sessionsEnded, Instant at) {
    this(result, running, position, sessionsEnded, OptionalLong.empty(), at);
  }

  /// A result without a server's word.
  static FenceProof of(Result result, Instant at) {
    return new FenceProof(result, "", "", 0, at);
  }

  /// The ways a fence can end.
  public enum Result {
    /// Nobody is left, and the login is refused.
    Verified,
    /// The old server is a standby now; sessions were ended.
    ReadOnly,
    /// Nobody answers there, or another lineage does.
    Unreachable,
    /// Sessions remain, and the policy says to go on.
    SessionsRemain,
    /// The edit was taken back before anything was proven.
    Interrupted,
    /// Nothing to fence yet: the server is the same.
    NotNeeded,
    /// The engine has no fence.
    NotSupported
  }

  /// Whether a fence is still owed.
  public boolean owes() {
    return switch (result) {
      case Verified, NotNeeded, NotSupported -> false;
      case ReadOnly, Unreachable, SessionsRemain, Interrupted -> true;
    };
  }
}
