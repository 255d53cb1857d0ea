package dev.backingservice.engine.redis;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Pause;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Makes one state true for one login: each in one command.
record Logins(Registry registry, Redis redis) {
  private static final String NO_SUCH_USER = "No such user";
  private static final int QUIET_COUNTS = 2;
  private static final long PAUSE_MILLIS = 20;

  private Marks marks() {
    return registry.marks();
  }

  /// The account as it must be for us to touch it; empty where there is none, or where an order for
  /// its own meets another's.
  ///
  /// @throws EngineException with `NameTaken` when it is not ours
  private Optional<AclUser> ours(Order order, String login) throws EngineException {
    var found = AclUser.find(redis, marks(), login);
    if (found.flatMap(AclUser::login).filter(m -> m.belongsTo(order, marks())).isEmpty()
        && found.isPresent())
      throw EngineException.of(
          Reason.NameTaken,
          "on %s the account %s exists and was not made by this operator: rename it"
              .formatted(registry.server().name(), login));
    return found.filter(u -> !order.own() || mark(u).uid().equals(order.service().uid()));
  }

  private static LoginMark mark(AclUser user) {
    return user.login().orElse(LoginMark.NONE);
  }

  /// Lets it log in with this epoch's credential and exactly the rights of its attachment. Whoever
  /// was superseded stays locked; whoever is logged in with another credential or with more rights
  /// is not any more.
  void open(Order order, Want want) throws EngineException {
    var found = ours(order, want.login());
    if (found.isPresent()) mark(found.get()).refuseSuperseded(want);
    var at = want.attachment();
    var prefix = Acl.prefix(at.place());
    var mark = Claims.mark(LoginMark.of(marks(), order, at), order).with("lineage", at.serverId());
    if (found.filter(u -> ends(u, mark, want)).isPresent()) close(want.login(), mark(found.get()));
    Acl.open(redis, marks(), want.login(), mark, want.password(), prefix);
  }

  private static boolean ends(AclUser user, LoginMark now, Want want) {
    return !same(mark(user), now) || narrows(mark(user), now) || !hasOnly(user, want);
  }

  /// Whether nobody could log in but with this very password.
  private static boolean hasOnly(AclUser user, Want want) {
    return !user.flags().contains("nopass")
        && user.passwords().equals(Set.of(Acl.password(want.password())));
  }

  /// An earlier object of the same name counts its own epochs.
  private static boolean same(LoginMark before, LoginMark now) {
    return before.epoch() == now.epoch() && before.uid().equals(now.uid());
  }

  private static boolean narrows(LoginMark before, LoginMark now) {
    return now.access().compareTo(before.access()) < 0;
  }

  /// Nobody logs in with it any more, and its mark says by which epoch it was superseded.
  void lock(Order order, String login, long superseding) throws EngineException {
    var found = ours(order, login);
    if (found.isEmpty()) return;
    var mark = mark(found.get());
    close(login, mark.superseded(mark.lockedBy(superseding)));
  }

  /// A login of another server, which came with a copy of its accounts.
  void lockStranger(String login, LoginMark mark) throws EngineException {
    close(login, mark.superseded(mark.lockedBy(0)));
  }

  /// An open session can do nothing from then on, but what it had begun and waits for: it is ended.
  private void close(String login, LoginMark mark) throws EngineException {
    Acl.close(redis, marks(), login, mark.fields());
    registry.ended().merge(login, kill(login), Integer::sum);
  }

  void remove(Order order, String login) throws EngineException {
    if (ours(order, login).isPresent()) Acl.delete(redis, login);
  }

  /// Ends the sessions of a login that is off. The server does one thing at a time: after it is
  /// off, nobody new is let in.
  Drain sever(Attachment at, Duration within) throws EngineException {
    long deadline = System.nanoTime() + within.toNanos();
    boolean on = AclUser.find(redis, marks(), at.login()).filter(AclUser::on).isPresent();
    if (on) return new Drain(0, 1, 0);
    int ended = Objects.requireNonNullElse(registry.ended().remove(at.login()), 0);
    for (int quiet = 0; quiet < QUIET_COUNTS; Pause.ofMillis(PAUSE_MILLIS)) {
      int killed = kill(at.login());
      ended += killed;
      quiet = killed == 0 ? quiet + 1 : 0;
      if (killed > 0 && System.nanoTime() > deadline) return new Drain(ended, killed, 0);
    }
    return new Drain(ended, 0, 0);
  }

  /// An account that is not there has no sessions.
  private int kill(String login) throws EngineException {
    var reply = redis.said("CLIENT", "KILL", "USER", login);
    if (reply instanceof Reply.Refusal refusal && refusal.said().contains(NO_SUCH_USER)) return 0;
    return redis.accepted(reply, "CLIENT") instanceof Reply.Number(var ended) ? (int) ended : 0;
  }
}
