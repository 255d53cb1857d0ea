package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Pause;
import dev.backingservice.engine.Urls;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes one state true for one login. The mark is written first and the limit is lifted last: in
/// between, nobody is let in.
record Logins(Registry registry, Api api) {
  private static final int QUIET_COUNTS = 2;
  private static final long PAUSE_MILLIS = 20;
  private static final String LINEAGE = "lineage";

  /// In the mark of a login: when its password was taken away, in milliseconds since 1970.
  private static final String CLOSED = "closed";

  /// In the mark of a login: that it had another password than its epoch's.
  private static final String PLANTED = "planted";

  /// The account as it must be for us to touch it; empty where there is none, or where an order for
  /// its own meets another's. One whose mark was taken away is still ours to lock.
  ///
  /// @throws EngineException with `NameTaken` when it is not ours
  private Optional<Account> ours(Order order, String login) throws EngineException {
    var found = registry.account(api, login);
    if (found.filter(a -> !ours(order, a)).isPresent())
      throw EngineException.of(
          Reason.NameTaken,
          "on %s the account %s exists and was not made by this operator: rename it"
              .formatted(registry.server().name(), login));
    return found.filter(a -> !order.own() || a.mark().uid().equals(order.service().uid()));
  }

  private boolean ours(Order order, Account account) {
    return account.mark().belongsTo(order, registry.marks())
        || account.tagged() && !account.mark().ofLogin();
  }

  /// Lets it log in with this epoch's credential and exactly the rights of its attachment. Whoever
  /// was superseded stays locked; whoever is logged in with another credential or with more rights
  /// is not any more.
  void open(Order order, Want want) throws EngineException {
    var found = ours(order, want.login());
    var mark = mark(order, want.attachment());
    if (found.isPresent()) {
      found.get().mark().refuseSuperseded(want);
      if (stands(found.get(), mark, want)) return;
      if (ends(found.get(), mark, want)) end(found.get(), want);
      awaitHalfOpen(want);
    }
    registry.mark(api, want.login(), mark);
    put(want.login(), Passwords.hash(want.password(), want.salt()));
    permit(found, want);
    registry.checkTerm(api);
    if (!registry.mark(api, want.login()).equals(mark)) throw overtaken(want);
    lift(found, want.login());
  }

  private LoginMark mark(Order order, Attachment at) {
    return Claims.mark(LoginMark.of(registry.marks(), order, at), order)
        .with(LINEAGE, at.serverId())
        .with(Marks.INSTANCE, registry.marks().instance()); // as it is read back
  }

  private boolean stands(Account account, LoginMark mark, Want want) {
    return account.mark().equals(mark)
        && account.exactly(want.password(), want.attachment().place(), registry.tag(want.login()));
  }

  private EngineException overtaken(Want want) {
    return EngineException.of(
        Reason.InternalError,
        "%s of %s was changed by somebody else meanwhile: it is looked at again"
            .formatted(want.login(), registry.server().name()));
  }

  /// A channel keeps the rights that it has used once, so whoever had more is ended.
  private static boolean ends(Account account, LoginMark now, Want want) {
    return !account.closed()
        && (!same(account.mark(), now)
            || now.access().compareTo(account.mark().access()) < 0
            || !account.permitted(want.attachment().place())
            || !Passwords.matches(account.hash(), want.password()));
  }

  /// An earlier object of the same name counts its own epochs.
  private static boolean same(LoginMark before, LoginMark now) {
    return before.epoch() == now.epoch() && before.uid().equals(now.uid());
  }

  /// Takes everything and closes what is open. Another password than the epoch's own may have let
  /// somebody in.
  private void end(Account account, Want want) throws EngineException {
    boolean planted = !Passwords.matches(account.hash(), want.password());
    close(account, planted ? account.mark().with(PLANTED, "true") : account.mark());
    kill(account.name());
  }

  /// Whoever has said an old password and waits before it enters a virtual host would enter with
  /// the rights of the new one.
  ///
  /// @throws EngineException while somebody may
  private void awaitHalfOpen(Want want) throws EngineException {
    var mark = registry.mark(api, want.login());
    boolean other = mark.epoch() != want.attachment().epoch();
    if (!other && mark.field(PLANTED).isEmpty()) return;
    var since = mark.field(CLOSED);
    long left =
        (since.isEmpty() ? 0 : Long.parseLong(since))
            + registry.halfOpen().toMillis()
            - System.currentTimeMillis();
    if (left <= 0) return;
    throw EngineException.of(
        Reason.ServerUnreachable,
        "%s of %s was locked just now: logins that are under way end in %d s, then it is made anew"
            .formatted(want.login(), registry.server().name(), 1 + left / 1000));
  }

  /// A broker erases the password of whoever is written without one.
  private void put(String login, String hash) throws EngineException {
    api.put(
        path(login),
        Map.of(
            "password_hash",
            hash,
            "hashing_algorithm",
            Passwords.ALGORITHM,
            "tags",
            registry.tag(login)));
  }

  private void permit(Optional<Account> found, Want want) throws EngineException {
    var wanted = Permission.of(want.attachment().access(), want.attachment().place());
    if (found.isPresent())
      for (var permission : found.get().permissions())
        if (!permission.vhost().equals(wanted.vhost())) revoke(want.login(), permission);
    api.put(permissions(want.login(), wanted), wanted.content());
  }

  private void lift(Optional<Account> found, String login) throws EngineException {
    for (var limit : found.map(a -> a.limits().keySet()).orElse(Set.of()))
      if (!limit.equals(Account.CONNECTIONS)) api.delete(limit(login, limit));
    limit(login, Account.MOST_CONNECTIONS);
  }

  private void limit(String login, long connections) throws EngineException {
    api.put(limit(login, Account.CONNECTIONS), Map.of("value", connections));
  }

  private void revoke(String login, Permission permission) throws EngineException {
    api.delete(permissions(login, permission));
  }

  private static String permissions(String login, Permission in) {
    return "permissions/" + Urls.encoded(in.vhost()) + "/" + Urls.encoded(login);
  }

  private static String limit(String login, String limit) {
    return "user-limits/" + Urls.encoded(login) + "/" + Urls.encoded(limit);
  }

  private static String path(String login) {
    return "users/" + Urls.encoded(login);
  }

  /// Nobody logs in with it any more, and its mark says by which epoch it was superseded.
  ///
  /// @return false where there is nothing of the order's to lock
  boolean lock(Order order, String login, long superseding) throws EngineException {
    var found = ours(order, login);
    if (found.isEmpty()) return false;
    lock(found.get(), superseding);
    return true;
  }

  /// The same for a login of another broker, which came with a copy of its definitions.
  void lock(Account account, long superseding) throws EngineException {
    var mark = account.mark();
    close(account, mark.ofLogin() ? mark.superseded(mark.lockedBy(superseding)) : mark);
  }

  /// Whoever passes the limit before it is set finds no rights: a connection has its rights looked
  /// up after it was counted.
  private void close(Account account, LoginMark mark) throws EngineException {
    var login = account.name();
    var closing = account.closed() ? mark : mark.with(CLOSED, "" + System.currentTimeMillis());
    if (mark.ofLogin() && !closing.equals(account.mark())) registry.mark(api, login, closing);
    boolean clean =
        account.hash().equals(Passwords.NONE) && account.tags().equals(Set.of(registry.tag(login)));
    if (!clean) put(login, Passwords.NONE);
    if (account.limits().getOrDefault(Account.CONNECTIONS, -1L) != 0) limit(login, 0);
    for (var permission : account.permissions()) revoke(login, permission);
  }

  void remove(Order order, String login) throws EngineException {
    if (ours(order, login).isEmpty()) return;
    api.delete(path(login));
    registry.unmark(api, login);
    registry.closed().remove(login);
  }

  /// Closes the connections of a login that is locked. One that was closed stays listed until its
  /// client has answered, or is found gone.
  Drain sever(Attachment at, Duration within) throws EngineException {
    long deadline = System.nanoTime() + within.toNanos();
    boolean open = registry.account(api, at.login()).filter(a -> !a.closed()).isPresent();
    if (open) return new Drain(0, 1, 0);
    for (int quiet = 0; quiet < QUIET_COUNTS; Pause.ofMillis(PAUSE_MILLIS)) {
      int killed = kill(at.login());
      quiet = killed == 0 ? quiet + 1 : 0;
      if (killed > 0 && System.nanoTime() > deadline) return new Drain(told(at.login()), killed, 0);
    }
    return new Drain(told(at.login()), 0, 0);
  }

  private int told(String login) {
    var closed = registry.closed(login);
    registry.closed().put(login, new Registry.Closed(closed.names(), 0));
    return closed.ended();
  }

  /// Tells every connection of a login to close, also those that were told before.
  ///
  /// @return how many were not told before
  int kill(String login) throws EngineException {
    var path = "connections/username/" + Urls.encoded(login);
    var listed = new HashSet<String>();
    for (var connection : api.get(path)) listed.add(Connections.text(connection, "name"));
    var before = registry.closed(login);
    if (!listed.isEmpty()) api.delete(path);
    int fresh = (int) listed.stream().filter(name -> !before.names().contains(name)).count();
    registry.closed().put(login, new Registry.Closed(listed, before.ended() + fresh));
    return fresh;
  }
}
