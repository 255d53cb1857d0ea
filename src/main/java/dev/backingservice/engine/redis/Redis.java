package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.util.List;

/// Commands of the administrator on one connection.
record Redis(Resp resp, Server server) {

  /// Asks, and takes no refusal.
  Reply ask(String... words) throws EngineException {
    return accepted(said(words), words[0]);
  }

  /// An answer that is no refusal.
  Reply accepted(Reply reply, String command) throws EngineException {
    if (reply instanceof Reply.Refusal refusal) throw refused(refusal, command);
    return reply;
  }

  /// Asks; a refusal is an answer.
  Reply said(String... words) throws EngineException {
    try {
      return resp.ask(words);
    } catch (IOException e) {
      throw broken(e, server);
    }
  }

  static EngineException broken(IOException e, Server server) {
    return EngineException.of(
        Reason.ServerUnreachable,
        e instanceof Resp.Unexpected
            ? server.name()
                + " answers as no Redis or Valkey server does: "
                + ConnectFailure.said(e)
            : server.name() + " breaks off: " + ConnectFailure.said(e));
  }

  /// A text, such as that of INFO.
  String text(String... words) throws EngineException {
    if (ask(words) instanceof Reply.Text(var text)) return text;
    throw unexpected();
  }

  long number(String... words) throws EngineException {
    if (ask(words) instanceof Reply.Number(var number)) return number;
    throw unexpected();
  }

  List<String> texts(String... words) throws EngineException {
    if (ask(words) instanceof Reply.Many(var replies)) return texts(replies);
    throw unexpected();
  }

  static List<String> texts(List<Reply> replies) {
    return replies.stream()
        .filter(Reply.Text.class::isInstance)
        .map(r -> ((Reply.Text) r).text())
        .toList();
  }

  EngineException unexpected() {
    return EngineException.of(
        Reason.ServerUnreachable, server.name() + " answers as no Redis or Valkey server does");
  }

  /// What the server says, so that nobody takes it for a sentence of ours.
  private EngineException refused(Reply.Refusal refusal, String command) {
    var said = ConnectFailure.quoted(refusal.said());
    return switch (refusal.code()) {
      case "NOPERM" ->
          EngineException.of(
              Reason.AdminTooWeak,
              "the administrator of %s may not use %s (%s): ACL SETUSER it with %s"
                  .formatted(
                      server.name(),
                      command,
                      said,
                      command.equals("SCAN") ? Acl.COUNTING : Acl.ADMINISTRATOR));
      case "READONLY" ->
          EngineException.of(
              Reason.ServerReadOnly,
              server.name() + " is a replica: promote it, or name the primary");
      default -> EngineException.of(Reason.ServerUnreachable, server.name() + " refuses: " + said);
    };
  }
}
