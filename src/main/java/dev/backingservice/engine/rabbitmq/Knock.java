package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.rabbitmq.Amqp.Said;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/// Proves, from the workload's own connection, what the access level promises. Touches no queue of
/// anybody: the one that is named is not there.
record Knock(Server server, Credential credential) {
  private static final int REFUSED = 403;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 530;
  private static final Pattern USERS_LIMIT =
      Pattern.compile("user connection limit \\(\\d+\\) is reached");
  private static final Pattern ANY_LIMIT = Pattern.compile("limit \\(\\d+\\) is reached");

  Entry prove() throws EngineException {
    var opened =
        Connections.open(server, server.data(), credential.certificate(), Optional.empty());
    try (var socket = opened.socket()) {
      var amqp = new Amqp(socket.getInputStream(), socket.getOutputStream());
      var refusal = refusal(amqp);
      return refusal.isPresent()
          ? refusal.get()
          : new Entry.LetIn(OptionalInt.empty(), opened.attempt().anchor());
    } catch (IOException e) {
      throw Connections.failed(e, opened.attempt(), server, server.data());
    } finally {
      opened.attempt().bounds().end();
    }
  }

  /// Why it is not let in, or may not what it shall; empty when all is well.
  private Optional<Entry> refusal(Amqp amqp) throws IOException, EngineException {
    var start = amqp.begin();
    if (start.id() != Amqp.START) throw new Amqp.Unexpected("no greeting");
    var tune = amqp.login(at().login(), credential.password().reveal());
    if (tune.id() != Amqp.TUNE) return Optional.of(turned(tune));
    var opened = amqp.open(tune, Permission.host(at().place()).name());
    if (opened.id() != Amqp.OPENED) return Optional.of(turned(opened));
    var channel = amqp.openChannel();
    if (channel.id() != Amqp.CHANNEL_OPENED) return Optional.of(turned(channel));
    return rights(amqp);
  }

  /// Of what is not there, only whoever has the right to it is told so.
  private Optional<Entry> rights(Amqp amqp) throws IOException, EngineException {
    var queue = Permission.host(at().place()).prefix() + "backingservice-" + UUID.randomUUID();
    if (at().access() != Access.ReadOnly) amqp.publish(queue);
    if (at().access() == Access.Owner) {
      var deleted = amqp.delete(queue);
      if (deleted.id() != Amqp.QUEUE_DELETED) return Optional.of(turned(deleted));
    }
    var got = amqp.get(queue);
    boolean may = got.id() == Amqp.CHANNEL_CLOSE && got.code() == NOT_FOUND;
    return may ? Optional.empty() : Optional.of(turned(got));
  }

  private Attachment at() {
    return credential.attachment();
  }

  private Entry turned(Said said) throws EngineException {
    var words = ConnectFailure.quoted(said.text());
    var where = server.name() + " (" + server.data() + ")";
    if (said.id() == Amqp.CHANNEL_CLOSE && said.code() == REFUSED) return lacking();
    if (said.id() != Amqp.CLOSE)
      throw EngineException.of(
          said.id() == Amqp.BLOCKED ? Reason.ServerUnreachable : Reason.ProtocolMismatch,
          said.id() == Amqp.BLOCKED
              ? "%s takes no messages now, its alarm is on: %s".formatted(where, words)
              : where + " does not speak AMQP 0-9-1: correct spec.port");
    if (said.code() == REFUSED)
      return new Entry.Refused(
          new Failure(Reason.LoginRefused, where + " refuses the login: " + words));
    if (said.code() == NOT_ALLOWED) return notAllowed(said.text(), where, words);
    throw EngineException.of(Reason.ServerUnreachable, where + " does not serve: " + words);
  }

  /// In the broker's own words: nothing else tells these cases apart. Names of ours in them count
  /// for nothing.
  private Entry notAllowed(String said, String where, String words) {
    var plain = said.replace(at().login(), "").replace(Permission.host(at().place()).name(), "");
    if (USERS_LIMIT.matcher(plain).find())
      return new Entry.Full(
          new Failure(
              Reason.LoginRefused, where + " has no connection free for the login: " + words),
          Optional.empty());
    if (ANY_LIMIT.matcher(plain).find())
      return new Entry.Crowded(
          new Failure(Reason.LoginRefused, where + " has no connection free: " + words));
    return plain.contains("not found") ? missing() : lacking();
  }

  private Entry missing() {
    return new Entry.Different(
        new Failure(Reason.DatabaseMissing, Vhosts.missing(at().place()).sentence()));
  }

  private Entry lacking() {
    return new Entry.Different(
        new Failure(
            Reason.PrivilegesIncomplete,
            "on %s the login lacks rights on its names: they are granted again"
                .formatted(server.name())));
  }
}
