package dev.backingservice.act;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Following;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.SeenAnchors;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.kube.Passwords;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.tls.Authority;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What is done on servers.
public final class OnServers {
  private final Directory directory;
  private final Passwords passwords;
  private final Authority authority;
  private final SeenAnchors anchors;
  private final InstantSource clock;

  public OnServers(
      Directory directory,
      Passwords passwords,
      Authority authority,
      SeenAnchors anchors,
      InstantSource clock) {
    this.directory = directory;
    this.passwords = passwords;
    this.authority = authority;
    this.anchors = anchors;
    this.clock = clock;
  }

  Result createMissing(Facts f, Place place) throws EngineException {
    try (var session = open(place.server())) {
      session.createMissing(order(f, place));
      return new Result.Done();
    }
  }

  Result createGroups(Facts f, Place place) throws EngineException {
    try (var session = open(place.server())) {
      session.createGroups(order(f, place));
      return new Result.Done();
    }
  }

  /// Nobody knows how long a subscriber takes: that it has not got everything yet is no refusal.
  Result catchUp(Facts f, Action.CatchUp action) throws EngineException {
    var following = new Following(order(f, action.from()), order(f, action.to()), action.advance());
    try (var there = open(action.to().server());
        var here = open(action.from().server())) {
      return following
          .after(here, there, action.position())
          .<Result>map(
              failure ->
                  failure.reason() == Reason.Pending
                      ? new Result.Unclear(failure)
                      : new Result.Failed(failure))
          .orElse(new Result.Done());
    }
  }

  Result drop(Facts f, Place place) throws EngineException {
    try (var session = open(place.server())) {
      session.drop(order(f, place));
      return new Result.Done();
    }
  }

  Result ensure(Facts f, String server, List<Action.Desired> logins) throws EngineException {
    try (var session = open(server)) {
      for (var place : logins.stream().map(d -> d.attachment().place()).distinct().toList())
        session.ensure(
            order(f, place),
            logins.stream()
                .filter(d -> d.attachment().place().equals(place))
                .map(d -> want(f, d))
                .toList());
      return new Result.Done();
    }
  }

  Result knock(Facts f, Attachment attachment) throws EngineException {
    return switch (entry(f, find(attachment.server()), attachment)) {
      case Entry.LetIn(var held, var anchor, var beyond) -> {
        anchor.ifPresent(a -> anchors.saw(served(attachment).server(), a));
        yield anchors.of(served(attachment).server()).isPresent()
            ? new Result.LetIn(held, beyond)
            : new Result.Failed(unverified(attachment));
      }
      case Entry.Full(var failure, var anchor) -> {
        anchor.ifPresent(a -> anchors.saw(served(attachment).server(), a));
        yield new Result.Full(failure);
      }
      // a server that is full for a moment is waited for, as one that does not answer
      case Entry.Crowded(var failure) ->
          new Result.Failed(new Failure(Reason.ServerUnreachable, failure.message()));
      case Entry.Untried(var failure) -> new Result.Unclear(failure);
      case Entry.Locked(var failure) -> new Result.Failed(failure);
      case Entry.Refused(var failure) -> new Result.Failed(failure);
      case Entry.Different(var failure) -> new Result.Failed(failure);
    };
  }

  /// Clients could not verify it: known before anything is fenced for it.
  private static Failure unverified(Attachment at) {
    return new Failure(
        Reason.CertificateNotTrusted,
        "no authority of the system's is the last one in the certificate chain of %s: name it in spec.tls.ca"
            .formatted(at.server()));
  }

  /// @param served the server to knock at; a re-pointed one has two names
  Entry entry(Facts f, Directory.Served served, Attachment attachment) throws EngineException {
    var server = served.server();
    var certified = passwords.certified(f.service().id(), f.intent(), attachment);
    var certificate =
        server.shown(() -> authority.shown(certified, attachment.epoch(), clock.instant()));
    var password = passwords.of(f.service().id(), f.intent(), attachment);
    return served
        .engine()
        .knock(
            server,
            order(f, attachment.place()),
            new Credential(attachment, password, certificate));
  }

  Want want(Facts f, Action.Desired desired) {
    var attachment = desired.attachment();
    return new Want(
        attachment,
        desired.state(),
        desired.superseding(),
        passwords.of(f.service().id(), f.intent(), attachment),
        passwords.salt(f.service().id(), attachment));
  }

  static Order order(Facts f, Place place) {
    int most =
        f.server(place.server()).map(s -> s.admission().maxConnections()).orElse(Integer.MAX_VALUE);
    return Order.of(
            f.service().id(), f.service().namespaceUid(), place, f.intent(), f.sharedWith(place))
        .capped(most);
  }

  /// What went wrong with an action, for whoever attaches services.
  String discreet(Action action, String sentence) {
    return switch (action) {
      case Action.Ensure(var server, _) -> directory.discreet(server, sentence);
      case Action.Tidy(var server, _) -> directory.discreet(server, sentence);
      case Action.Fence(var server, _, _, _) -> directory.discreet(server, sentence);
      case Action.Settle(var server, _, _) -> directory.discreet(server, sentence);
      case Action.Knock(var at) -> directory.discreet(at.server(), sentence);
      case Action.Publish publish -> directory.discreet(publish.attachment().server(), sentence);
      case Action.CatchUp catchUp -> directory.discreet(catchUp.to().server(), sentence);
      case Action.CreateMissing(var place) -> directory.discreet(place.server(), sentence);
      case Action.CreateGroups(var place) -> directory.discreet(place.server(), sentence);
      case Action.Drop(var place) -> directory.discreet(place.server(), sentence);
      case Action.MarkAttached _, Action.Amend _, Action.Project _, Action.Withdraw _ -> sentence;
      case Action.Unpublish _, Action.Owe _, Action.HandOver _ -> sentence;
    };
  }

  Session open(String server) throws EngineException {
    return find(server).open();
  }

  Optional<Session> warm(String server) throws EngineException {
    return find(server).warm();
  }

  private Directory.Served served(Attachment attachment) {
    return directory.find(attachment.server()).orElseThrow();
  }

  Directory.Served find(String server) throws EngineException {
    return directory
        .find(server)
        .orElseThrow(
            () ->
                EngineException.of(
                    Reason.ServerUnreachable, "server " + server + " has not been reached yet"));
  }
}
