package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Sensitive;

/// What one login shall be.
///
/// @param superseding the epoch that takes its place: written into its mark when it is locked, and
///     the one lock that may be taken back when it is to work; 0 for none
/// @param password and `salt`: of this epoch's credential; used when the state lets it log in
public record Want(
    Attachment attachment, LoginState state, long superseding, Sensitive password, byte[] salt) {
  public String login() {
    return attachment.login();
  }
}
