package dev.backingservice.engine;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Word;

/// What one login shall be.
///
/// @param password and `salt`: of this epoch's credential; used when the word lets it log in
public record Want(Attachment attachment, Word word, Sensitive password, byte[] salt) {
  public String login() {
    return attachment.login();
  }
}
