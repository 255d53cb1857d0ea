package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.LoginState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From one attachment to the next: attach to the new, publish, wait for everyone, let go of the
/// old.
///
/// @param from the attachment in force when it began
/// @param alongside older attachments on the same server that still worked then, in an overlap
/// @param attempts how often it was tried and aborted before
/// @param postponed the target of an edit that failed and waits until this motion is made
/// @param compared whether the old server could be compared with the new one when it began
public record Motion(
    Cause cause,
    FencePoint fencePoint,
    Attachment from,
    List<Attachment> alongside,
    Attachment to,
    Instant startedAt,
    int attempts,
    Optional<Attachment> postponed,
    boolean compared) {
  public Motion {
    alongside = List.copyOf(alongside);
  }

  /// Where the fence stands.
  public enum FencePoint {
    /// The old server is fenced before the new login is made: the target replays it first.
    BeforePrepare,
    /// Two servers: the old one is fenced before the cut.
    BeforeCut,
    /// One server: both logins work until everybody has moved.
    AfterOverlap
  }

  /// What the logins that are left shall be around the cut.
  LoginState leaves() {
    return overlaps() ? LoginState.Active : LoginState.Locked;
  }

  public boolean overlaps() {
    return fencePoint == FencePoint.AfterOverlap;
  }

  /// Whether it leaves, or leads to, what is active.
  boolean concerns(Optional<Attachment> active) {
    return active.filter(a -> from.same(a) || to.same(a)).isPresent();
  }

  /// Whether an edit ends this motion on the spot: one that can be taken up, and did not fail just
  /// before it, or is asked for again.
  boolean interrupted(Facts f) {
    boolean waits = postponed.filter(p -> f.wants(p.place())).isPresent() && !Retries.asked(f);
    return !waits && f.movesAway(to.place());
  }

  /// The same while the edit to this target waits.
  Motion besides(Attachment edit) {
    return new Motion(
        cause, fencePoint, from, alongside, to, startedAt, attempts, Optional.of(edit), compared);
  }

  Motion again() {
    return new Motion(
        cause, fencePoint, from, alongside, to, startedAt, attempts + 1, postponed, compared);
  }

  /// Every attachment that is left by this motion.
  List<Attachment> left() {
    var left = new ArrayList<>(List.of(from));
    left.addAll(alongside);
    return left;
  }

  /// What each of its logins shall be.
  ///
  /// @param before of those that are left
  /// @param after of the one that is made
  List<Action.Desired> logins(LoginState before, LoginState after) {
    var logins = new ArrayList<Action.Desired>();
    for (var left : left()) logins.add(new Action.Desired(left, before, to.epoch()));
    logins.add(new Action.Desired(to, after, 0));
    return logins;
  }
}
