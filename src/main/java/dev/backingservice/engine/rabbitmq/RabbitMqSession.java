package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.LitBeacon;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Sight;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.wire.Handshake;
import dev.backingservice.engine.wire.Instances;
import dev.backingservice.engine.wire.Lane;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The administrator's session on a RabbitMQ broker.
final class RabbitMqSession implements Session {
  private final Lane<ApiLine> lane;
  private final Lane.Loan<ApiLine> loan;
  private final Registry registry;
  private final Api api;

  RabbitMqSession(Lane<ApiLine> lane, Lane.Loan<ApiLine> loan, Registry registry) {
    this.lane = lane;
    this.loan = loan;
    this.registry = registry;
    this.api = new Api(loan.line(), lane.server());
  }

  @Override
  public Identity identity() throws EngineException {
    return Identification.read(api);
  }

  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    var identity = identity();
    var found = new HashMap<String, Standing.Login>();
    for (var login : logins) {
      var account = registry.account(api, login);
      if (account.isPresent()) found.put(login, standing(order, account.get()));
    }
    return new Sight(identity, new Standing(found));
  }

  private Standing.Login standing(Order order, Account account) throws EngineException {
    var holds = holds(order, account);
    var sessions =
        holds == Holds.Foreign
            ? Sessions.NONE
            : Sessions.of(api, account.name(), registry.closed(account.name()).names());
    return account.mark().login(holds, sessions.count(), sessions.holders());
  }

  private Holds holds(Order order, Account account) throws EngineException {
    var mark = account.mark();
    if (!mark.belongsTo(order, registry.marks())) return Holds.Foreign;
    var tag = registry.tag(account.name());
    if (account.closed()) return account.tags().equals(Set.of(tag)) ? Holds.Locked : Holds.Differs;
    var at = attachment(order, account);
    var password = registry.marks().key().password(service(order, account), at);
    return account.exactly(password, at.place(), tag)
            && mark.superseded() == 0
            && mark.uid().equals(order.service().uid())
            && new Claims(registry, api).stands(order)
        ? Holds.Works
        : Holds.Differs;
  }

  private static ServiceId service(Order order, Account account) {
    return new ServiceId(order.service().namespace(), order.service().name(), account.mark().uid());
  }

  private static Attachment attachment(Order order, Account account) {
    var mark = account.mark();
    return new Attachment(
        order.place().on(mark.server()),
        mark.field("lineage"),
        account.name(),
        mark.access(),
        Math.max(1, mark.epoch()));
  }

  @Override
  public Examination examine() throws EngineException {
    var server = registry.server();
    var seen = Connections.data(server);
    var instances = new Instances<>(server, new Dialling(server)).all();
    return new Examination(
        new Posture(registry, api).look(), seen.map(Handshake.Seen::protection), instances);
  }

  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    return Optional.of(new Vhosts(api).inventory(order.place()));
  }

  @Override
  public OptionalLong leftBehind(Place place) throws EngineException {
    return new Vhosts(api).messages(place);
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    new Claims(registry, api).check(order);
  }

  /// Whoever may manage accounts may lock them, where the broker has limits for accounts.
  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return new Posture(registry, api).fenceable();
  }

  /// A parameter: every node has it.
  @Override
  public Beacon beacon(long key) throws EngineException {
    registry.write(api, name(key), Map.of());
    return new LitBeacon(
        EngineKind.RabbitMQ,
        "",
        key,
        registry.server().adminUser(),
        () -> registry.remove(api, name(key)));
  }

  private static String name(long key) {
    return "backingservice.beacon." + Long.toHexString(key);
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    return beacon.kind().equals(EngineKind.RabbitMQ)
        && registry.read(api, name(beacon.key())).isPresent();
  }

  /// A virtual host is made by whoever owns the broker.
  @Override
  public void createMissing(Order order) throws EngineException {
    new Vhosts(api).require(order.place());
  }

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    var locked = new ArrayList<String>();
    registry.change(
        api,
        () -> {
          var logins = new Logins(registry, api);
          for (var want : wants)
            if (!want.state().letsIn() && logins.lock(order, want.login(), want.superseding()))
              locked.add(want.login());
          if (wants.stream().anyMatch(w -> w.state().letsIn())) {
            new Vhosts(api).require(order.place());
            new Claims(registry, api).take(order);
          }
          for (var want : wants) if (want.state().letsIn()) logins.open(order, want);
        });
    // a broker closes one connection after the other: nobody else waits for it
    for (var login : locked) new Logins(registry, api).kill(login);
    remove(order, wants.stream().filter(w -> w.state() == LoginState.Absent).toList());
    for (var want : wants) check(order, want);
  }

  private void remove(Order order, List<Want> wants) throws EngineException {
    if (wants.isEmpty()) return;
    registry.change(
        api,
        () -> {
          for (var want : wants) new Logins(registry, api).remove(order, want.login());
        });
  }

  private void check(Order order, Want want) throws EngineException {
    if (!want.state().letsIn()) return;
    if (look(order, Set.of(want.login())).standing().of(want.login()) == Holds.Works) return;
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "on %s %s does not hold exactly what it was given: see rabbitmqctl list_user_permissions"
            .formatted(registry.server().name(), want.login()));
  }

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    return new Logins(registry, api).sever(attachment, within);
  }

  @Override
  public int lockStrangers(Set<String> names) throws EngineException {
    return new Strangers(registry, api).lock(names);
  }

  @Override
  public void drop(Order order) throws EngineException {
    registry.change(api, () -> new Claims(registry, api).release(order));
  }

  @Override
  public void close() {
    lane.giveBack(loan);
  }
}
