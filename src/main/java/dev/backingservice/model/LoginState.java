package dev.backingservice.model;

/// What holds for one login on one server. Provisioning, drift, fence and undo all serve this one
/// state.
public enum LoginState {
  /// Works, and is a published credential.
  Active,
  /// Works, but is not published yet.
  Prepared,
  /// Cannot log in, holds no memberships and has no session.
  Locked,
  /// Does not exist.
  Absent;

  /// Whether somebody with the credential gets in.
  public boolean letsIn() {
    return this == Active || this == Prepared;
  }
}
