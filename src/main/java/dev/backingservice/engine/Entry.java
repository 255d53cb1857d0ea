package dev.backingservice.engine;

import dev.backingservice.model.Failure;
import java.util.Optional;
import java.util.OptionalInt;

/// How a login was received that knocked at the data endpoint.
public sealed interface Entry {
  /// It works, with what its level promises.
  ///
  /// @param held how much its place holds; empty where that cannot be told
  /// @param anchor PEM of the certificate that verified the data endpoint; empty without TLS
  /// @param beyond that it holds more than its level says, by what every login holds there; empty
  ///     where nothing of the kind was seen
  record LetIn(OptionalInt held, Optional<String> anchor, Optional<Failure> beyond)
      implements Entry {
    public LetIn(OptionalInt held, Optional<String> anchor) {
      this(held, anchor, Optional.empty());
    }
  }

  /// The credential is right, but the login has as many connections as it may.
  ///
  /// @param anchor as of [LetIn]
  record Full(Failure failure, Optional<String> anchor) implements Entry {}

  /// No connection is free for anybody; the credential was not looked at.
  record Crowded(Failure failure) implements Entry {}

  /// The server was not asked: too much of what it was asked of late was refused.
  record Untried(Failure failure) implements Entry {}

  /// It may not log in any more.
  record Locked(Failure failure) implements Entry {}

  /// It is turned away: another password, no such login.
  record Refused(Failure failure) implements Entry {}

  /// It gets in, but not as it shall: as another user, or with other rights.
  record Different(Failure failure) implements Entry {}
}
