package dev.backingservice.observe;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Facts.Login;
import dev.backingservice.tls.Authority;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// Tries the active credential now and then: a role may have changed its own password.
final class LoginCheck {
  private final Directory directory;
  private final RootKey key;
  private final Rhythm rhythm;
  private final Authority authority;
  private final InstantSource clock;

  LoginCheck(Eyes eyes) {
    this.directory = eyes.directory();
    this.key = eyes.key();
    this.rhythm = eyes.rhythm();
    this.authority = eyes.authority();
    this.clock = eyes.clock();
  }

  Optional<Login> tried(Facts f) {
    var uid = f.service().id().uid();
    var active = f.active();
    if (active.isEmpty() || f.memory().swap().underWay() || !rhythm.checkDue(uid))
      return Optional.empty();
    rhythm.checked(uid);
    return Optional.of(login(f, active.get()));
  }

  private Login login(Facts f, Attachment active) {
    var served = directory.find(active.server());
    if (served.isEmpty())
      return new Login.TurnedAway(
          new Failure(Reason.ServerUnreachable, active.server() + " has not been reached yet"));
    var engine = served.get().engine();
    var server = served.get().server();
    var certificate = server.shown(() -> authority.shown(active.login(), clock.instant()));
    var credential = new Credential(active, key.password(f.service().id(), active), certificate);
    try {
      var claim = Claim.of(f.service().id(), active.place(), f.intent(), Set.of());
      return new Login.LetIn(engine.knock(server, claim, credential));
    } catch (EngineException e) {
      return new Login.TurnedAway(new Failure(e.reason(), e.sentence()));
    }
  }
}
