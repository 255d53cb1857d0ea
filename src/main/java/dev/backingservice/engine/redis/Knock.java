package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.redis.Connections.Greeted;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// Proves, from the workload's own connection, what the access level promises. Touches no key of
/// anybody: what is deleted is not there.
record Knock(Server server, Order order, Credential credential) {
  private static final Duration PROOF = Duration.ofSeconds(5);
  private static final Duration COUNTING = Duration.ofSeconds(2);

  Entry prove() throws EngineException {
    var at = credential.attachment();
    var greeted =
        Connections.login(
            server,
            server.data(),
            at.login(),
            credential.password(),
            credential.certificate(),
            Optional.empty());
    return switch (greeted) {
      case Greeted.In(var line) -> proven(line);
      case Greeted.Turned(var refusal) -> turned(refusal);
    };
  }

  private Entry proven(RedisLine line) throws EngineException {
    line.attempt().bounds().begin(PROOF);
    try {
      var key = Acl.prefix(at().place()) + "backingservice:" + UUID.randomUUID();
      var said = line.resp().ask(at().access() == Access.ReadOnly ? "EXISTS" : "UNLINK", key);
      return said instanceof Reply.Refusal refusal
          ? refused(refusal)
          : new Entry.LetIn(held(line), line.attempt().anchor());
    } catch (IOException e) {
      throw Redis.broken(e, server);
    } finally {
      line.attempt().bounds().end();
      line.discard();
    }
  }

  /// What cannot be counted in time is not told: the login works all the same.
  private OptionalInt held(RedisLine line) {
    if (!order.comparesContents()) return OptionalInt.empty();
    try {
      return new Keyspace(new Redis(line.resp(), server), line.attempt().bounds())
          .count(Acl.prefix(at().place()), COUNTING);
    } catch (EngineException e) {
      return OptionalInt.empty();
    }
  }

  private Attachment at() {
    return credential.attachment();
  }

  private Entry refused(Reply.Refusal refusal) throws EngineException {
    return switch (refusal.code()) {
      case "READONLY" ->
          new Entry.Different(
              new Failure(
                  Reason.ServerReadOnly,
                  server.name() + " is a replica: promote it, or name the primary"));
      case "NOPERM" ->
          new Entry.Different(
              new Failure(
                  Reason.PrivilegesIncomplete,
                  "on %s the login lacks rights on its keys: they are granted again"
                      .formatted(server.name())));
      default ->
          throw EngineException.of(
              Reason.ServerUnreachable,
              server.name() + " does not serve: " + ConnectFailure.quoted(refusal.said()));
    };
  }

  private Entry turned(Reply.Refusal refusal) throws EngineException {
    var where = server.name() + " (" + server.data() + ")";
    var said = Connections.answer(refusal);
    if (Connections.crowded(refusal))
      return new Entry.Crowded(
          new Failure(Reason.LoginRefused, where + " has no connection free: " + said));
    if (!refusal.code().equals("WRONGPASS"))
      throw EngineException.of(Reason.ServerUnreachable, where + " does not serve: " + said);
    return new Entry.Refused(
        new Failure(Reason.LoginRefused, where + " refuses the login: " + said));
  }
}
