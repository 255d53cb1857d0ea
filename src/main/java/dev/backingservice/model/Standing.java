package dev.backingservice.model;

import java.util.Map;

/// What a server holds for one service: its logins by name. A login that does not exist is not
/// listed.
public record Standing(Map<String, Login> logins) {
  public Standing {
    logins = Map.copyOf(logins);
  }

  /// What holds for one login.
  public Holds of(String login) {
    var found = logins.get(login);
    return found == null ? Holds.Absent : found.holds();
  }

  /// One login.
  ///
  /// @param epoch the epoch in its mark; 0 without one
  /// @param uid the uid in its mark; empty without one
  /// @param sessions open now
  public record Login(Holds holds, long epoch, String uid, int sessions) {}

  /// What was found, in the terms of [Word].
  public enum Holds {
    /// Logs in, with exactly the rights asked for.
    Works,
    /// Cannot log in and holds no memberships.
    Locked,
    /// Ours, but neither of the two: to be put right.
    Differs,
    /// A role of that name which we did not make.
    Foreign,
    /// No such role.
    Absent
  }
}
