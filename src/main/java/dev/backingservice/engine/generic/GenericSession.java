package dev.backingservice.engine.generic;

import dev.backingservice.engine.Examination;
import dev.backingservice.engine.ProviderSession;
import dev.backingservice.engine.Server;
import dev.backingservice.model.EngineKind;
import java.util.Set;

/// What a handshake showed.
final class GenericSession extends ProviderSession {
  private final Connections.Seen seen;

  GenericSession(Server server, Connections.Seen seen) {
    super(EngineKind.Generic, server, "");
    this.seen = seen;
  }

  @Override
  public Examination examine() {
    return new Examination(server().unverified().stream().toList(), seen.protection(), Set.of());
  }
}
