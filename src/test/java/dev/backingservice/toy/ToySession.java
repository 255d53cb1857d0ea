package dev.backingservice.toy;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.LitBeacon;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.wire.Lane;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The administrator's session on the store of notes.
record ToySession(
    Lane<ToyLine> lane, Lane.Loan<ToyLine> loan, Marks marks, Term term, ReentrantLock lock)
    implements Session {
  private static final String CLAIM = "claim ";

  /// An account as the server shows it.
  private record Account(String password, int level, String prefix, LoginMark mark) {
    boolean locked() {
      return level == 0;
    }
  }

  static String prefix(Place place) {
    if (place.scope() instanceof Scope.Keys(var prefix)) return prefix;
    throw new IllegalArgumentException("a place is a prefix of notes: " + place);
  }

  private List<String> ask(String... words) throws EngineException {
    try {
      return loan.line().ask(words);
    } catch (IOException | ToyLine.Refused e) {
      throw EngineException.of(Reason.ServerUnreachable, "the store breaks off");
    }
  }

  private Optional<Account> account(String login) throws EngineException {
    if (!ask("names").contains(login)) return Optional.empty();
    var shown = ask("show", login);
    var mark = marks.read(login, shown.get(3)).map(LoginMark::new).orElse(LoginMark.NONE);
    return Optional.of(
        new Account(shown.get(0), Integer.parseInt(shown.get(1)), shown.get(2), mark));
  }

  private void make(String login, Account account) throws EngineException {
    ask(
        "make",
        login,
        account.password,
        "" + account.level,
        account.prefix,
        marks.write(login, account.mark.fields()));
  }

  @Override
  public Identity identity() throws EngineException {
    var id = ask("who").getFirst();
    return new Identity(id, id + "/1", "", "", Identity.Role.Primary, "Toy 1");
  }

  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    var found = new HashMap<String, Standing.Login>();
    for (var login : logins) {
      var account = account(login);
      if (account.isEmpty()) continue;
      int sessions = Integer.parseInt(ask("count", login).getFirst());
      found.put(
          login, account.get().mark.login(holds(order, login, account.get()), sessions, List.of()));
    }
    return new Sight(identity(), new Standing(found));
  }

  private Holds holds(Order order, String login, Account account) {
    var mark = account.mark;
    if (!mark.belongsTo(order, marks)) return Holds.Foreign;
    if (account.locked()) return Holds.Locked;
    var id = order.service();
    var service = new ServiceId(id.namespace(), id.name(), mark.uid());
    var at =
        new Attachment(
            order.place().on(mark.server()),
            mark.field("lineage"),
            login,
            mark.access(),
            Math.max(1, mark.epoch()));
    boolean exact =
        account.password.equals(marks.key().password(service, at).reveal())
            && account.level == level(at)
            && account.prefix.equals(prefix(at.place()));
    return exact && mark.superseded() == 0 && mark.uid().equals(id.uid())
        ? Holds.Works
        : Holds.Differs;
  }

  private static int level(Attachment at) {
    return at.access().ordinal() + 1;
  }

  @Override
  public Examination examine() {
    return new Examination(
        lane.server().unverified().stream().toList(), Optional.empty(), Set.of());
  }

  @Override
  public Optional<Inventory> inventory(Order order) {
    return Optional.empty();
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    var claim = marks.read(claim(order), ask("note", claim(order)).getFirst());
    if (claim.isPresent() && !order.mayUse(claim.get()))
      throw EngineException.of(
          Reason.ServerNotAvailable, order.place() + " belongs to another namespace");
  }

  private static String claim(Order order) {
    return CLAIM + prefix(order.place());
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) {
    return Optional.empty();
  }

  @Override
  public Beacon beacon(long key) throws EngineException {
    ask("keep", "beacon " + key, "lit");
    return new LitBeacon(
        ToyEngine.KIND, "", key, lane.server().adminUser(), () -> ask("keep", "beacon " + key, ""));
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    return beacon.kind().equals(ToyEngine.KIND)
        && ask("note", "beacon " + beacon.key()).getFirst().equals("lit");
  }

  @Override
  public void createMissing(Order order) {}

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    lock.lock();
    try {
      checkTerm();
      for (var want : wants) if (!want.state().letsIn()) lock(order, want);
      for (var want : wants) if (want.state().letsIn()) open(order, want);
    } finally {
      lock.unlock();
    }
  }

  /// It only grows.
  private void checkTerm() throws EngineException {
    var name = "term " + marks.instance();
    var found = marks.read(name, ask("note", name).getFirst());
    long stored = found.map(f -> Long.parseLong(f.getOrDefault("term", "0"))).orElse(0L);
    long mine = term.above(stored, lane.server().name());
    ask("keep", name, marks.write(name, Map.of("term", "" + mine)));
  }

  private Optional<Account> ours(Order order, String login) throws EngineException {
    var found = account(login);
    if (found.filter(a -> !a.mark.belongsTo(order, marks)).isPresent())
      throw EngineException.of(Reason.NameTaken, login + " was not made by this operator");
    return found.filter(a -> !order.own() || a.mark.uid().equals(order.service().uid()));
  }

  private void lock(Order order, Want want) throws EngineException {
    var found = ours(order, want.login());
    if (found.isEmpty()) return;
    var mark = found.get().mark;
    close(want.login(), mark.superseded(mark.lockedBy(want.superseding())));
    if (want.state() == LoginState.Absent) {
      ask("end", want.login());
      ask("drop", want.login());
    }
  }

  private void close(String login, LoginMark mark) throws EngineException {
    make(login, new Account(account(login).orElseThrow().password, 0, "", mark));
  }

  private void open(Order order, Want want) throws EngineException {
    checkClaim(order);
    ask("keep", claim(order), marks.write(claim(order), order.claimant()));
    var at = want.attachment();
    var found = ours(order, want.login());
    if (found.isPresent()) {
      var before = found.get().mark;
      before.refuseSuperseded(want);
      boolean ends = before.epoch() != at.epoch() || at.access().compareTo(before.access()) < 0;
      if (ends) close(want.login(), before);
      if (ends) ask("end", want.login());
    }
    var mark = LoginMark.of(marks, order, at).with("lineage", at.serverId());
    make(want.login(), new Account(want.password().reveal(), level(at), prefix(at.place()), mark));
  }

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    if (account(attachment.login()).filter(a -> !a.locked()).isPresent()) return new Drain(0, 1, 0);
    return new Drain(Integer.parseInt(ask("end", attachment.login()).getFirst()), 0, 0);
  }

  @Override
  public int lockStrangers(Set<String> names) throws EngineException {
    int locked = 0;
    for (var login : ask("names")) {
      var account = account(login).filter(a -> a.mark.ofLogin() && !a.locked());
      if (account.isEmpty() || names.contains(account.get().mark.server())) continue;
      close(login, account.get().mark.superseded(account.get().mark.lockedBy(0)));
      ask("end", login);
      locked++;
    }
    return locked;
  }

  @Override
  public void drop(Order order) throws EngineException {
    ask("keep", claim(order), "");
  }

  @Override
  public void close() {
    lane.giveBack(loan);
  }
}
