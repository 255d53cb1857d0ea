package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Access;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Makes one state true for one login, under its lock. The mark is written before what it says is
/// done, but for a narrowing: a mark that says less than a session may still do would end the work.
record Logins(Registry registry, Sql sql) {
  private static final Duration EVICTION = Duration.ofSeconds(5);

  /// The `kept` of a mark: its account is the definer of views or routines, and stays locked.
  static final String KEPT = "kept";

  /// Objects run with the rights of whoever defined them.
  private static final String DEFINES =
      """
      SELECT (SELECT COUNT(*) FROM information_schema.views WHERE definer = ?)
           + (SELECT COUNT(*) FROM information_schema.routines WHERE definer = ?)
           + (SELECT COUNT(*) FROM information_schema.triggers WHERE definer = ?)
           + (SELECT COUNT(*) FROM information_schema.events WHERE definer = ?) > 0""";

  private MarkTable table() {
    return registry.table(sql);
  }

  /// The mark of a login as it must be for us to touch it; empty where there is none, or where an
  /// order for its own meets another's.
  ///
  /// @throws EngineException with `NameTaken` when it is of another service
  private Optional<LoginMark> ours(Order order, String login) throws SQLException, EngineException {
    var found = table().find(login).map(LoginMark::new);
    if (found.filter(m -> !m.belongsTo(order, registry.marks())).isPresent()) throw taken(login);
    return found.filter(m -> !order.own() || m.uid().equals(order.service().uid()));
  }

  private EngineException taken(String login) {
    return EngineException.of(
        Reason.NameTaken,
        "on %s the account %s exists and was not made by this operator: rename it"
            .formatted(registry.server().name(), login));
  }

  /// Lets it log in with this epoch's credential and exactly the rights of its attachment. Whoever
  /// was superseded stays locked.
  void open(Order order, Want want) throws SQLException, EngineException {
    var before = ours(order, want.login());
    if (before.isPresent()) before.get().refuseSuperseded(want);
    if (before.filter(m -> !same(m, order, want)).isPresent()) evict(want);
    var access = want.attachment().access();
    if (before.filter(m -> access.compareTo(m.access()) < 0).isPresent()) narrow(want);
    if (before.isEmpty()) create(order, want);
    mark(want, Account.mark(registry.marks(), order, want.attachment()), before);
    if (before.isPresent()) stand(order, want);
    grant(access, want.attachment().place().server(), want, Privileges.of(access));
    sql.run("ALTER USER %s%s ACCOUNT UNLOCK".formatted(account(want), credential(order, want)));
    settle(order, want);
  }

  /// An earlier object of the same name counts its own epochs.
  private static boolean same(LoginMark found, Order order, Want want) {
    return found.epoch() == want.attachment().epoch() && found.uid().equals(order.service().uid());
  }

  /// A slot that is used again must not bring sessions of its former credential along.
  private void evict(Want want) throws SQLException, EngineException {
    shut(want.login());
    new Severing(sql, List.of(want.login())).untilNobodyIsLeft(EVICTION);
  }

  private void mark(Want want, LoginMark mark, Optional<LoginMark> before)
      throws SQLException, EngineException {
    if (!before.equals(Optional.of(mark))) table().put(want.login(), mark.fields());
  }

  /// Makes a new account, locked. One that is there already without a mark is ours only where it
  /// has the very password: a crash may have come between account and mark.
  private void create(Order order, Want want) throws SQLException, EngineException {
    if (made(order, want)) return;
    var account =
        new Account(
            registry, want.login(), Account.mark(registry.marks(), order, want.attachment()));
    if (account.look(want.password(), 0) instanceof Account.Seen.Refused) throw taken(want.login());
  }

  private boolean made(Order order, Want want) throws SQLException {
    return sql.made(
        "CREATE USER IF NOT EXISTS %s%s ACCOUNT LOCK"
            .formatted(account(want), credential(order, want)));
  }

  /// A server may have lost the account. MySQL refuses to create one that defines objects, even if
  /// it is there.
  private void stand(Order order, Want want) throws SQLException {
    try {
      sql.run("ALTER USER %s%s".formatted(account(want), credential(order, want)));
    } catch (SQLException e) {
      if (!MySqlErrors.notAltered(e)) throw e;
      made(order, want);
    }
  }

  private static String account(Want want) {
    return Sql.account(want.login());
  }

  private String credential(Order order, Want want) throws SQLException {
    return " %s REQUIRE SSL WITH MAX_USER_CONNECTIONS %d PASSWORD EXPIRE NEVER"
        .formatted(
            sql.dialect().identified(want.password(), want.salt()), order.limits().connections());
  }

  /// Takes away what it shall not hold any more; a session keeps what it has until it ends.
  private void narrow(Want want) throws SQLException, EngineException {
    var at = want.attachment();
    var open = Severing.open(sql, registry.server());
    if (open.isPresent()) throw EngineException.of(open.get().reason(), open.get().message());
    revoke(want.login(), Privileges.beyond(at.access()), Sql.scope(Databases.of(at.place())));
    new Severing(sql, List.of(want.login())).whatIsThereNow(EVICTION);
  }

  private void grant(Access access, String where, Want want, Set<String> privileges)
      throws SQLException, EngineException {
    var database = Databases.of(want.attachment().place());
    try {
      sql.run(
          "GRANT %s ON %s TO %s"
              .formatted(Privileges.list(privileges), Sql.scope(database), account(want)));
    } catch (SQLException e) {
      if (!MySqlErrors.denied(e)) throw e;
      throw EngineException.of(
          Reason.AdminTooWeak,
          "the administrator of %s may not grant on database %s: %s"
              .formatted(where, database, Privileges.grant(access, database, "the administrator")));
    }
  }

  private void revoke(String login, Set<String> privileges, String object) throws SQLException {
    var known = new TreeSet<>(privileges);
    boolean all = known.remove(Privileges.ALL);
    if (!known.isEmpty()) take(login, Privileges.list(known), object);
    if (all) take(login, Privileges.ALL, object);
  }

  private void take(String login, String privileges, String object) throws SQLException {
    try {
      sql.run("REVOKE %s ON %s FROM %s".formatted(privileges, object, Sql.account(login)));
    } catch (SQLException e) {
      if (!MySqlErrors.nothingGranted(e)) throw e;
    }
  }

  /// What the administrator does not hold itself, it may not take back: it is told when what holds
  /// is read back.
  private void takeBack(Want want, Grants.Extra extra) throws SQLException {
    try {
      revoke(want.login(), extra.privileges(), extra.object());
    } catch (SQLException e) {
      if (!MySqlErrors.denied(e)) throw e;
    }
  }

  /// What was granted besides on its database goes; what is granted elsewhere is told.
  private void settle(Order order, Want want) throws SQLException, EngineException {
    var at = want.attachment();
    var account = new Account(registry, want.login(), Account.mark(registry.marks(), order, at));
    var seen = account.look(want.password(), order.limits().connections());
    if (!(seen instanceof Account.Seen.In(var grants, _)) || grants.extra().isEmpty()) return;
    for (var extra : grants.extra()) takeBack(want, extra);
    grant(at.access(), at.server(), want, Privileges.of(at.access()));
    new Severing(sql, List.of(want.login())).whatIsThereNow(EVICTION);
  }

  /// Nobody logs in with it any more, and its mark says by which epoch it was superseded. What it
  /// scheduled to run by itself runs no more. Its password is the one that it was given: a refusal
  /// for another one would prove nothing.
  void lock(Order order, Want want) throws SQLException, EngineException {
    var found = ours(order, want.login());
    if (found.isEmpty() && !withoutMark(order, want)) return;
    var before = found.orElseGet(() -> Account.mark(registry.marks(), order, want.attachment()));
    var mark = before.superseded(before.lockedBy(want.superseding()));
    if (!found.equals(Optional.of(mark))) registry.table(sql).put(want.login(), mark.fields());
    shut(order, new Account(registry, want.login(), mark));
    if (mark.access() == Access.Owner)
      revoke(want.login(), Set.of("EVENT"), Sql.scope(mark.field(Account.DATABASE)));
  }

  /// Whether there is an account with the very password, whose mark was lost.
  private boolean withoutMark(Order order, Want want) throws SQLException, EngineException {
    if (order.own() || registry.table(sql).find(want.login()).isPresent()) return false;
    var account =
        new Account(
            registry, want.login(), Account.mark(registry.marks(), order, want.attachment()));
    return !(account.look(want.password(), 0) instanceof Account.Seen.Refused);
  }

  /// A server that lost the account has nothing to lock.
  private void shut(Order order, Account account) throws SQLException {
    var service = order.service();
    var identified = sql.dialect().identified(account.password(service), account.salt(service));
    sql.run(
        "ALTER USER IF EXISTS %s %s ACCOUNT LOCK"
            .formatted(Sql.account(account.login()), identified));
  }

  private void shut(String login) throws SQLException {
    sql.run("ALTER USER IF EXISTS %s ACCOUNT LOCK".formatted(Sql.account(login)));
  }

  /// A login of another server, which came with a copy.
  void lockStranger(String login, LoginMark mark) throws SQLException, EngineException {
    if (mark.superseded() == 0) table().put(login, mark.superseded(mark.epoch()).fields());
    shut(login);
  }

  /// Drops it, with its mark; whoever defined objects is kept, locked.
  void remove(Order order, String login) throws SQLException, EngineException {
    var found = ours(order, login);
    if (found.isEmpty()) return;
    new Severing(sql, List.of(login)).untilNobodyIsLeft(EVICTION);
    var definer = login + "@%";
    if (sql.holds(DEFINES, definer, definer, definer, definer)) {
      table().put(login, found.get().with(KEPT, "definer").fields());
      return;
    }
    sql.run("DROP USER IF EXISTS " + Sql.account(login));
    table().remove(login);
  }
}
