package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Finding.Id;
import dev.backingservice.model.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is weak about a server, and what its administrator may do there.
record Posture(Registry registry, Redis redis) {
  /// The first version with permissions on keys, and with accounts that stay what they are.
  private static final int OLDEST = 7;

  List<Finding> look() throws EngineException {
    var findings = new ArrayList<Finding>();
    var server = registry.server();
    server.unverified().ifPresent(findings::add);
    if (open())
      findings.add(
          new Finding(
              Id.DefaultUserOpen,
              "whoever connects is let in without a password",
              "ACL SETUSER default off, or requirepass"));
    if (!saved())
      findings.add(
          new Finding(
              Id.AclNotSaved,
              "the server forgets its accounts when it stops",
              "set aclfile to a file in a folder that the server may write"));
    if (OLDEST > major())
      findings.add(
          new Finding(
              Id.OldVersion,
              "this version has no permissions on keys",
              "upgrade to Redis 7, Valkey 8 or newer"));
    var admin = AclUser.find(redis, registry.marks(), server.adminUser());
    if (admin.filter(a -> a.commands().contains("+@all")).isPresent())
      findings.add(
          new Finding(
              Id.AdminTooStrong,
              "the administrator may do everything",
              "ACL SETUSER it with %s%s, and %s where a service says redis.contents: Durable"
                  .formatted(Acl.ONLY, Acl.ADMINISTRATOR, Acl.COUNTING)));
    return List.copyOf(findings);
  }

  private boolean saved() {
    try {
      return registry.save(redis);
    } catch (EngineException e) {
      return false;
    }
  }

  /// Whether a connection that nobody logged in on is served.
  private boolean open() {
    RedisLine line = null;
    try {
      var server = registry.server();
      line = Connections.open(server, server.data(), Optional.empty(), Optional.empty());
      return line.resp().ask("PING") instanceof Reply.Text;
    } catch (EngineException | IOException e) {
      return false;
    } finally {
      if (line != null) {
        line.attempt().bounds().end();
        line.discard();
      }
    }
  }

  private int major() throws EngineException {
    var info = Identification.info(redis);
    var version = info.getOrDefault("valkey_version", info.getOrDefault("redis_version", "0"));
    var digits = version.split("\\.", 2)[0];
    return digits.matches("\\d{1,4}") ? Integer.parseInt(digits) : 0;
  }

  /// Why a fence could not succeed. Where the administrator may not ask, it is found out.
  Optional<Failure> fenceable(Attachment at) throws EngineException {
    for (var command :
        List.of(
            List.of("ACL", "SETUSER", at.login(), "off"),
            List.of("CLIENT", "KILL", "USER", at.login()),
            List.of("CLIENT", "LIST"))) {
      var question = new ArrayList<>(List.of("ACL", "DRYRUN", registry.server().adminUser()));
      question.addAll(command);
      var said = redis.said(question.toArray(String[]::new));
      if (said instanceof Reply.Refusal) return Optional.empty();
      if (said instanceof Reply.Text(var ok) && ok.equals("OK")) continue;
      return Optional.of(
          new Failure(
              Reason.AdminTooWeak,
              "the administrator of %s may not end the sessions of %s: ACL SETUSER it with %s"
                  .formatted(registry.server().name(), at.login(), Acl.ADMINISTRATOR)));
    }
    return Optional.empty();
  }
}
