package dev.backingservice.observe;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.SeenAnchors;
import dev.backingservice.engine.Server;
import dev.backingservice.kube.Passwords;
import dev.backingservice.kube.Secrets;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Facts.Login;
import dev.backingservice.plan.Swap;
import dev.backingservice.tls.Authority;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.InstantSource;
import java.util.Optional;

/// Tries the active credential now and then: a role may have changed its own password.
public final class BindingCheck {
  private final Directory directory;
  private final Passwords passwords;
  private final Authority authority;
  private final SeenAnchors anchors;
  private final Rhythm rhythm;
  private final InstantSource clock;

  public BindingCheck(
      Directory directory,
      Passwords passwords,
      Authority authority,
      SeenAnchors anchors,
      Rhythm rhythm,
      InstantSource clock) {
    this.directory = directory;
    this.passwords = passwords;
    this.authority = authority;
    this.anchors = anchors;
    this.rhythm = rhythm;
    this.clock = clock;
  }

  Optional<Login> tried(Facts f) {
    var uid = f.service().id().uid();
    var active = f.active();
    if (active.isEmpty() || busy(f.memory().swap()) || !rhythm.checkDue(uid))
      return Optional.empty();
    var login = login(f, active.get());
    login.ifPresent(_ -> rhythm.checked(uid));
    return login;
  }

  /// A binding whose anchors are not those of its server any more is outdated: clients that connect
  /// anew could not verify it.
  Published verified(Published published, Optional<Secret> secret) {
    if (!(published instanceof Published.Binding b)) return published;
    var expected = directory.find(b.active().server()).flatMap(s -> anchors.of(s.server()));
    var held = secret.flatMap(s -> Secrets.text(s, "ca.crt"));
    return expected.isEmpty() || expected.equals(held) ? b : b.asOutdated();
  }

  /// Whether the login in force may be locked by right.
  private static boolean busy(Swap swap) {
    return swap.underWay() && !(swap instanceof Swap.Prepare);
  }

  /// @return empty where the server was not asked: what was seen before stands
  private Optional<Login> login(Facts f, Attachment active) {
    var served = directory.find(active.server());
    if (served.isEmpty())
      return Optional.of(
          new Login.TurnedAway(
              new Failure(
                  Reason.ServerUnreachable, active.server() + " has not been reached yet")));
    var server = served.get().server();
    var certified = passwords.certified(f.service().id(), f.intent(), active);
    var certificate =
        server.shown(() -> authority.shown(certified, active.epoch(), clock.instant()));
    var credential =
        new Credential(active, passwords.of(f.service().id(), f.intent(), active), certificate);
    try {
      var order = Orders.of(f, active.place());
      return seen(server, served.get().engine().inspect(server, order, credential));
    } catch (EngineException e) {
      var said = directory.discreet(active.server(), e.sentence());
      return Optional.of(new Login.TurnedAway(new Failure(e.reason(), said)));
    }
  }

  private Optional<Login> seen(Server server, Entry entry) {
    return switch (entry) {
      case Entry.LetIn(var held, var anchor, var beyond) -> {
        anchor.ifPresent(a -> anchors.saw(server, a));
        yield Optional.of(new Login.LetIn(held, beyond));
      }
      case Entry.Full(var failure, _) -> Optional.of(new Login.Full(failure));
      case Entry.Crowded(var failure) -> Optional.of(new Login.Full(failure));
      case Entry.Untried _ -> Optional.empty();
      case Entry.Locked(var failure) -> Optional.of(new Login.TurnedAway(failure));
      case Entry.Refused(var failure) -> Optional.of(new Login.TurnedAway(failure));
      case Entry.Different(var failure) when failure.reason() == Reason.PrivilegesIncomplete ->
          Optional.of(new Login.Lacking(failure));
      case Entry.Different(var failure) -> Optional.of(new Login.TurnedAway(failure));
    };
  }
}
