package dev.backingservice.model;

/// What holds for one login on one server. Provisioning, drift, fence and undo all serve this
/// one word.
public enum Word {
  /// Works, and is the published credential.
  Active,
  /// Works, but is not published yet.
  Prepared,
  /// Cannot log in and holds no memberships.
  Locked,
  /// Does not exist.
  Absent;

  /// Whether somebody with the credential gets in.
  public boolean works() {
    return this == Active || this == Prepared;
  }
}
