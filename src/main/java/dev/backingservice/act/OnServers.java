package dev.backingservice.act;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.Word;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.tls.Authority;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// What is done on servers.
final class OnServers {
  private static final Duration SETTLE = Duration.ofSeconds(2);
  private final Directory directory;
  private final RootKey key;
  private final Authority authority;
  private final InstantSource clock;

  OnServers(Hands hands, InstantSource clock) {
    this.directory = hands.directory();
    this.key = hands.key();
    this.authority = hands.authority();
    this.clock = clock;
  }

  Result createDatabase(Facts f, Place place) throws EngineException {
    try (var session = open(place.server())) {
      session.createDatabase(claim(f, place));
      return new Result.Done();
    }
  }

  Result ensure(Facts f, String server, List<Action.Desired> words) throws EngineException {
    try (var session = open(server)) {
      for (var place : words.stream().map(w -> w.attachment().place()).distinct().toList())
        session.ensure(
            claim(f, place),
            words.stream()
                .filter(w -> w.attachment().place().equals(place))
                .map(w -> want(f, w))
                .toList());
      return new Result.Done();
    }
  }

  Result knock(Facts f, Attachment attachment) throws EngineException {
    var served = served(attachment.server());
    var credential = credential(f, served.server(), attachment);
    return new Result.LetIn(
        served.engine().knock(served.server(), claim(f, attachment.place()), credential));
  }

  /// Locks first, then ends sessions, then proves that the login is refused.
  Result fence(Facts f, Attachment attachment, Duration within, Instant now)
      throws EngineException {
    var claim = claim(f, attachment.place());
    try (var session = open(attachment.server())) {
      var before = session.identity();
      if (!before.writable()) return onStandby(session, claim, attachment, now);
      session.ensure(claim, List.of(want(f, new Action.Desired(attachment, Word.Locked))));
      var drain = session.sever(claim, attachment, within);
      if (!drain.done()) return new Result.Draining(drain.left());
      if (letIn(f, attachment))
        return new Result.Failed(
            new Failure(
                Reason.SessionsRemain,
                "the locked login is still let in on " + attachment.server()));
      int late = sessions(session, claim, attachment.login());
      if (late > 0) return new Result.Draining(late);
      return new Result.Fenced(
          new FenceProof(FenceProof.Result.Verified, before.running(), drain.ended(), now));
    }
  }

  /// A login that passed just before it was locked shows up a little later.
  private static int sessions(Session session, Claim claim, String login) throws EngineException {
    var seen = session.look(claim, Set.of(login)).logins().get(login);
    return seen == null ? 0 : seen.sessions();
  }

  /// A standby takes no writes; its sessions are ended so that clients notice.
  private static Result onStandby(Session session, Claim claim, Attachment attachment, Instant now)
      throws EngineException {
    var drain = session.sever(claim, attachment, Duration.ZERO);
    var after = session.identity();
    if (after.writable()) return new Result.Draining(1);
    return new Result.Fenced(
        new FenceProof(FenceProof.Result.ReadOnly, after.running(), drain.ended(), now));
  }

  Result settle(Facts f, Attachment attachment, Instant now) throws EngineException {
    return fence(f, attachment, SETTLE, now);
  }

  private boolean letIn(Facts f, Attachment attachment) throws EngineException {
    try {
      knock(f, attachment);
      return true;
    } catch (EngineException e) {
      if (e.reason() == Reason.LoginRefused) return false;
      throw e;
    }
  }

  private Want want(Facts f, Action.Desired desired) {
    var id = f.service().id();
    var attachment = desired.attachment();
    return new Want(
        attachment, desired.word(), key.password(id, attachment), key.salt(id, attachment));
  }

  private Credential credential(Facts f, Server server, Attachment attachment) {
    var certificate = server.shown(() -> authority.shown(attachment.login(), clock.instant()));
    return new Credential(attachment, key.password(f.service().id(), attachment), certificate);
  }

  private static Claim claim(Facts f, Place place) {
    return Claim.of(
        f.service().id(),
        place,
        f.intent(),
        f.server(place.server()).map(s -> s.admission().sharedWith()).orElse(Set.of()));
  }

  private Session open(String server) throws EngineException {
    var served = served(server);
    return served.engine().open(served.server());
  }

  private Directory.Served served(String server) throws EngineException {
    return directory
        .find(server)
        .orElseThrow(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable, "server " + server + " has not been reached yet"));
  }
}
