package dev.backingservice.act;

import dev.backingservice.engine.Directory;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.wire.Reach;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Outcome.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Locks logins, ends their sessions, and proves that nobody is left.
public final class Fencing {
  private static final Duration SETTLE = Duration.ofSeconds(2);
  private final OnServers servers;
  private final Silences silences = new Silences(System::nanoTime);

  public Fencing(OnServers servers) {
    this.servers = servers;
  }

  /// Tries for itself whether the server is there: what somebody else saw is no verdict.
  Result fence(Facts f, Action.Fence fence, Instant now) throws EngineException {
    var key = String.join("/", f.service().id().uid(), fence.server(), "" + fence.superseding());
    var server = servers.find(fence.server()).server();
    if (!Reach.anybodyAt(server.endpoints())) return unreached(f, fence, key, now);
    silences.end(key);
    return fenced(f, fence, now);
  }

  /// Where nobody is let in any more, sessions from before may go on, one of ours among them.
  private Result unreached(Facts f, Action.Fence fence, String key, Instant now)
      throws EngineException {
    var warm = servers.warm(fence.server());
    if (warm.isEmpty())
      return silences.again(
          key,
          new Failure(Reason.ServerUnreachable, fence.server() + " does not answer at any address"),
          f.inPhase());
    silences.end(key);
    try (var session = warm.get()) {
      return fenced(f, fence, session, now);
    }
  }

  Result settle(Facts f, Action.Settle settle, Instant now) throws EngineException {
    var at = settle.attachment();
    return fenced(
        f, new Action.Fence(settle.server(), List.of(at), settle.superseding(), SETTLE), now);
  }

  /// Only on the lineage that the logins were made on: an absent login on another one proves
  /// nothing.
  private Result fenced(Facts f, Action.Fence fence, Instant now) throws EngineException {
    try (var session = servers.open(fence.server())) {
      return fenced(f, fence, session, now);
    }
  }

  private Result fenced(Facts f, Action.Fence fence, Session session, Instant now)
      throws EngineException {
    var identity = session.identity();
    if (!fence.logins().stream().allMatch(l -> l.serverId().equals(identity.serverId())))
      return stranger(fence.server());
    if (!identity.writable()) return onStandby(f, session, fence, now);
    lock(f, session, fence);
    var drain = sever(f, session, fence);
    if (drain.left > 0) return new Result.Draining(drain.left);
    for (var login : fence.logins()) if (!refused(f, fence.server(), login)) return letIn(login);
    int late = open(f, session, fence.logins());
    if (late > 0) return new Result.Draining(late);
    var after = session.identity();
    if (!after.running().equals(identity.running())) return new Result.Draining(1);
    return new Result.Fenced(
        new FenceProof(
            FenceProof.Result.Verified,
            after.running(),
            after.position(),
            drain.ended,
            leftBehind(session, fence),
            now));
  }

  /// A count tells people what to do next; without it, the fence holds all the same.
  private static OptionalLong leftBehind(Session session, Action.Fence fence) {
    try {
      long left = 0;
      for (var place : fence.logins().stream().map(Attachment::place).distinct().toList()) {
        var there = session.leftBehind(place);
        if (there.isEmpty()) return there;
        left += there.getAsLong();
      }
      return OptionalLong.of(left);
    } catch (EngineException e) {
      return OptionalLong.empty();
    }
  }

  private static Result stranger(String server) {
    return new Result.Stranger(
        new Failure(Reason.IdentityChanged, "another server answers under the name of " + server));
  }

  private void lock(Facts f, Session session, Action.Fence fence) throws EngineException {
    for (var login : fence.logins()) {
      var locked = new Action.Desired(login, LoginState.Locked, fence.superseding());
      session.ensure(OnServers.order(f, login.place()), List.of(servers.want(f, locked)));
    }
  }

  private record Drained(int ended, int left) {}

  private static Drained sever(Facts f, Session session, Action.Fence fence)
      throws EngineException {
    int ended = 0;
    int left = 0;
    for (var login : fence.logins()) {
      var drain = session.sever(OnServers.order(f, login.place()), login, fence.within());
      ended += drain.ended();
      left += drain.left();
    }
    return new Drained(ended, left);
  }

  /// How many are not locked, or have sessions: a login that passed just before it was locked shows
  /// up a little later.
  private static int open(Facts f, Session session, List<Attachment> logins)
      throws EngineException {
    int open = 0;
    for (var login : logins) {
      var order = OnServers.order(f, login.place());
      var standing = session.look(order, Set.of(login.login())).standing();
      if (standing.find(login.login()).filter(l -> !l.fenced()).isPresent()) open++;
    }
    return open;
  }

  /// A standby takes no writes; its sessions are ended so that clients notice.
  private static Result onStandby(Facts f, Session session, Action.Fence fence, Instant now)
      throws EngineException {
    int ended = 0;
    for (var login : fence.logins())
      ended += session.sever(OnServers.order(f, login.place()), login, Duration.ZERO).ended();
    var after = session.identity();
    if (after.writable()) return new Result.Draining(1);
    return new Result.Fenced(
        new FenceProof(FenceProof.Result.ReadOnly, after.running(), after.position(), ended, now));
  }

  /// Whether the login is refused as it shall be, be it because nobody is let in: what is locked
  /// stays so when a connection is free again.
  private boolean refused(Facts f, String server, Attachment login) throws EngineException {
    try {
      return switch (servers.entry(f, accounts(server), login)) {
        case Entry.Locked _, Entry.Refused _, Entry.Crowded _ -> true;
        case Entry.LetIn _, Entry.Full _, Entry.Different _, Entry.Untried _ -> false;
      };
    } catch (EngineException e) {
      var at = accounts(server).server();
      if (e.silent() && !Reach.anybodyAt(List.of(at.data()))) return true;
      throw e;
    }
  }

  /// Where an account is locked; a standby follows.
  private Directory.Served accounts(String server) throws EngineException {
    var served = servers.find(server);
    return new Directory.Served(served.engine(), served.server().accounts());
  }

  private static Result letIn(Attachment login) {
    return new Result.Failed(
        new Failure(
            Reason.SessionsRemain,
            "the locked login %s is not refused on %s".formatted(login.login(), login.server())));
  }
}
