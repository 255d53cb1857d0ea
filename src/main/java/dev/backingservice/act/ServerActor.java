package dev.backingservice.act;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.kube.Refusals;
import dev.backingservice.kube.Resources;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Labels;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.model.RootKey;
import dev.backingservice.model.ServerDebt;
import dev.backingservice.model.Standing;
import dev.backingservice.plan.ServerAction;
import dev.backingservice.plan.ServerFacts;
import dev.backingservice.plan.ServerPlan;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Carries out what is planned for servers.
public final class ServerActor {
  private static final Logger LOG = Logger.getLogger(ServerActor.class);
  private static final Duration WITHIN = Duration.ofSeconds(2);
  private final OnServers servers;
  private final ServerCertificates certificates;
  private final DebtBook book;
  private final RootKey key;
  private final Resources resources;
  private final InstantSource clock;

  public ServerActor(
      OnServers servers,
      ServerCertificates certificates,
      DebtBook book,
      RootKey key,
      Resources resources,
      InstantSource clock) {
    this.servers = servers;
    this.certificates = certificates;
    this.book = book;
    this.key = key;
    this.resources = resources;
    this.clock = clock;
  }

  /// Every action; none waits for another. A bug in one is thrown when all have been tried.
  public List<ServerPlan.Done> carryOut(ServerPlan plan) {
    var done = new ArrayList<ServerPlan.Done>();
    RuntimeException bug = null;
    for (var action : plan.actions()) {
      try {
        done.add(new ServerPlan.Done(action, attempt(plan.facts(), action)));
      } catch (RuntimeException e) {
        LOG.errorf(
            "a bug: server=%s action=%s cause=%s",
            plan.facts().name(), name(action), e.getClass().getSimpleName());
        if (bug == null) bug = e;
      }
    }
    if (bug != null) throw bug;
    return List.copyOf(done);
  }

  private Optional<Failure> attempt(ServerFacts f, ServerAction action) {
    try {
      return perform(f, action);
    } catch (EngineException e) {
      return Optional.of(new Failure(e.reason(), e.sentence()));
    } catch (KubernetesClientException e) {
      LOG.warnf("refused: server=%s action=%s: %s", f.name(), name(action), Refusals.said(e));
      return Optional.of(new Failure(Reason.Pending, Refusals.said(e)));
    }
  }

  private Optional<Failure> perform(ServerFacts f, ServerAction action) throws EngineException {
    return switch (action) {
      case ServerAction.IssueCertificate(var certificate) -> {
        certificates.issue(f.name(), certificate, clock.instant());
        yield Optional.empty();
      }
      case ServerAction.LockStrangers(var names) -> {
        lockStrangers(f.name(), names);
        yield Optional.empty();
      }
      case ServerAction.Pay(var debt) -> pay(f.name(), debt);
      case ServerAction.FenceCopy(var debt) -> fenceCopy(f.name(), debt);
      case ServerAction.Release(var debt) -> release(f.name(), debt);
      case ServerAction.Forgive(var debts) -> {
        book.remove(f.name(), debts);
        yield Optional.empty();
      }
      case ServerAction.TakeBackGone _ -> {
        resources.forgetOnServer(f.name(), Labels.GONE);
        yield Optional.empty();
      }
    };
  }

  private static String name(ServerAction action) {
    return action.getClass().getSimpleName();
  }

  private void lockStrangers(String server, Set<String> names) throws EngineException {
    try (var session = servers.open(server)) {
      int locked = session.lockStrangers(names);
      if (locked > 0)
        LOG.infof("logins that came with a copy locked: server=%s count=%d", server, locked);
    }
  }

  private Optional<Failure> pay(String server, ServerDebt owed) throws EngineException {
    var at = owed.debt().attachment();
    try (var session = servers.open(server)) {
      if (!paid(session, owed, at)) return Optional.of(remaining(server, at));
    }
    book.remove(server, List.of(owed));
    LOG.infof("debt paid: server=%s login=%s", server, at.login());
    return Optional.empty();
  }

  private Optional<Failure> fenceCopy(String server, ServerDebt owed) throws EngineException {
    var at = owed.debt().attachment();
    if (!owed.debt().predecessor()) book.replace(server, owed, owed.ofPredecessor());
    try (var session = servers.open(server)) {
      var found = found(session, owed, at);
      if (found.isEmpty() || found.get().fenced()) return Optional.empty();
      return fenced(session, owed, at) ? Optional.empty() : Optional.of(remaining(server, at));
    }
  }

  private Optional<Failure> release(String server, ServerDebt owed) throws EngineException {
    var at = owed.debt().attachment();
    try (var session = servers.open(server)) {
      boolean follows = session.identity().followsLater(at.serverId(), owed.debt().running());
      if (!follows || found(session, owed, at).filter(l -> !l.fenced()).isPresent())
        return Optional.empty();
    }
    book.remove(server, List.of(owed));
    LOG.infof("debt released by a standby: server=%s login=%s", server, at.login());
    return Optional.empty();
  }

  private static Failure remaining(String server, Attachment at) {
    return new Failure(
        Reason.SessionsRemain, "sessions of %s on %s do not end".formatted(at.login(), server));
  }

  /// The login as the service that owes made it; empty when another object of that name took it
  /// over, with a password of its own.
  private static Optional<Standing.Login> found(Session session, ServerDebt owed, Attachment at)
      throws EngineException {
    var standing = session.look(order(owed, at), Set.of(at.login())).standing();
    return standing.find(at.login()).filter(l -> l.uid().equals(owed.service().uid()));
  }

  private static Order order(ServerDebt owed, Attachment at) {
    return Order.of(owed.service(), "", at.place(), Optional.empty(), Set.of()).forItsOwn();
  }

  private boolean paid(Session session, ServerDebt owed, Attachment at) throws EngineException {
    var identity = session.identity();
    if (!identity.takesWritesAs(at.serverId())) return false;
    if (Identity.later(identity.timeline(), owed.debt().running())) return false;
    if (found(session, owed, at).isEmpty()) return true;
    if (!fenced(session, owed, at)) return false;
    session.ensure(order(owed, at), List.of(want(owed, at, LoginState.Absent)));
    return true;
  }

  private boolean fenced(Session session, ServerDebt owed, Attachment at) throws EngineException {
    session.ensure(order(owed, at), List.of(want(owed, at, LoginState.Locked)));
    return session.sever(order(owed, at), at, WITHIN).done();
  }

  private Want want(ServerDebt owed, Attachment at, LoginState state) {
    return new Want(
        at, state, at.epoch(), key.password(owed.service(), at), key.salt(owed.service(), at));
  }
}
