package dev.backingservice.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a server holds for one service: its logins by name. A login that does not exist is not
/// listed.
public record Standing(Map<String, Login> logins) {
  public Standing {
    logins = Map.copyOf(logins);
  }

  /// What holds for one login.
  public Holds of(String login) {
    return find(login).map(Login::holds).orElse(Holds.Absent);
  }

  public Optional<Login> find(String login) {
    return Optional.ofNullable(logins.get(login));
  }

  /// Whether this very credential lets in, whatever its rights are.
  public boolean lets(Attachment in) {
    return find(in.login())
        .filter(l -> l.holds() == Holds.Works && l.epoch() == in.epoch())
        .isPresent();
  }

  /// One login.
  ///
  /// @param epoch the epoch in its mark; 0 without one
  /// @param superseded the epoch that took its place, as its mark says; 0 while none did
  /// @param access the rights it was given, as its mark says
  /// @param uid the uid in its mark; empty without one
  /// @param server the name of the server that it was made for, as its mark says; empty without one
  /// @param sessions open now
  /// @param holders who has these sessions, at most a few; empty where the server does not say
  public record Login(
      Holds holds,
      long epoch,
      long superseded,
      Access access,
      String uid,
      String server,
      int sessions,
      List<String> holders) {
    public Login {
      holders = List.copyOf(holders);
    }

    /// The greatest epoch that its mark knows of.
    public long greatestEpoch() {
      return Math.max(epoch, superseded);
    }

    /// The same with the sessions that it has on a standby besides; a lock holds without them.
    public Login withSessionsOf(Login besides) {
      if (holds == Holds.Locked || besides.sessions == 0) return this;
      var all = new ArrayList<>(holders);
      all.addAll(besides.holders);
      return new Login(
          holds, epoch, superseded, access, uid, server, sessions + besides.sessions, all);
    }

    /// Locked, and nobody left: what a fence leaves behind.
    public boolean fenced() {
      return holds == Holds.Locked && sessions == 0;
    }
  }

  /// What was found, in the terms of [LoginState].
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
