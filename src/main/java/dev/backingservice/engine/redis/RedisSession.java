package dev.backingservice.engine.redis;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Drain;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Examination;
import dev.backingservice.engine.LitBeacon;
import dev.backingservice.engine.LoginMark;
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
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The administrator's session on a Redis or Valkey server.
final class RedisSession implements Session {
  private static final Duration COUNTING = Duration.ofSeconds(8);
  private final Lane<RedisLine> lane;
  private final Lane.Loan<RedisLine> loan;
  private final Registry registry;
  private final Redis redis;

  RedisSession(Lane<RedisLine> lane, Lane.Loan<RedisLine> loan, Registry registry) {
    this.lane = lane;
    this.loan = loan;
    this.registry = registry;
    this.redis = new Redis(loan.line().resp(), lane.server());
  }

  @Override
  public Identity identity() throws EngineException {
    return Identification.read(redis);
  }

  @Override
  public Sight look(Order order, Set<String> logins) throws EngineException {
    var identity = identity();
    var users = new HashMap<String, AclUser>();
    for (var login : logins)
      AclUser.find(redis, registry.marks(), login).ifPresent(user -> users.put(login, user));
    boolean claimed = users.isEmpty() || new Claims(registry, redis).stands(order);
    var holds = new HashMap<String, Holds>();
    for (var user : users.values()) holds.put(user.name(), holds(order, identity, user, claimed));
    return new Sight(identity, new Standing(logins(users, holds)));
  }

  /// The list of connections comes last: it may end this one.
  private Map<String, Standing.Login> logins(Map<String, AclUser> users, Map<String, Holds> holds) {
    var on = new HashSet<>(users.keySet());
    on.removeIf(name -> holds.get(name) == Holds.Locked);
    var sessions = on.isEmpty() ? Map.<String, Sessions>of() : Sessions.of(redis, on);
    var found = new HashMap<String, Standing.Login>();
    for (var user : users.values()) {
      var theirs = sessions.getOrDefault(user.name(), Sessions.NONE);
      var mark = user.login().orElse(LoginMark.NONE);
      found.put(
          user.name(),
          mark.login(
              Objects.requireNonNull(holds.get(user.name())), theirs.count(), theirs.holders()));
    }
    return found;
  }

  /// A login that is locked has no rights and no sessions: whoever locks it ends them.
  private Holds holds(Order order, Identity identity, AclUser user, boolean claimed)
      throws EngineException {
    var mark = user.login().orElse(LoginMark.NONE);
    if (!mark.belongsTo(order, registry.marks())) return Holds.Foreign;
    if (user.closed()) return Holds.Locked;
    if (!user.on()) return Holds.Differs;
    var words = registry.levels().of(redis, registry, identity.instanceId(), mark.access());
    boolean exact =
        user.exactly(
            registry.marks().key().password(service(order, mark), attachment(order, user, mark)),
            mark.field(Claims.PREFIX),
            words);
    return exact && claimed && mark.superseded() == 0 && mark.uid().equals(order.service().uid())
        ? Holds.Works
        : Holds.Differs;
  }

  private static ServiceId service(Order order, LoginMark mark) {
    return new ServiceId(order.service().namespace(), order.service().name(), mark.uid());
  }

  private static Attachment attachment(Order order, AclUser user, LoginMark mark) {
    return new Attachment(
        order.place().on(mark.server()),
        mark.field("lineage"),
        user.name(),
        mark.access(),
        Math.max(1, mark.epoch()));
  }

  @Override
  public Examination examine() throws EngineException {
    var seen = Handshake.look(registry.server(), registry.server().admin(), _ -> {});
    var instances = new Instances<>(registry.server(), new Dialling(registry.server())).all();
    return new Examination(
        new Posture(registry, redis).look(), seen.map(Handshake.Seen::protection), instances);
  }

  /// A cache may be empty.
  @Override
  public Optional<Inventory> inventory(Order order) throws EngineException {
    if (!order.comparesContents()) return Optional.empty();
    var prefix = Acl.prefix(order.place());
    var keys = new Keyspace(redis, loan.line().attempt().bounds()).count(prefix, COUNTING);
    loan.begin();
    return Optional.of(new Inventory.Number(keys.orElseThrow(() -> uncounted(prefix))));
  }

  private EngineException uncounted(String prefix) {
    return EngineException.of(
        Reason.Pending,
        "counting the keys with the prefix %s on %s takes longer than %d s: to swap without, annotate backingservice.dev/accept-data or set redis.contents: Cache"
            .formatted(prefix, registry.server().name(), COUNTING.toSeconds()));
  }

  @Override
  public void checkClaim(Order order) throws EngineException {
    new Claims(registry, redis).check(order);
  }

  @Override
  public Optional<Failure> fenceable(Order order, Attachment attachment) throws EngineException {
    return new Posture(registry, redis).fenceable(attachment);
  }

  /// An account that nobody can use: only administrators see it, and only on this running server.
  @Override
  public Beacon beacon(long key) throws EngineException {
    Acl.set(redis, name(key), List.of("off"));
    return new LitBeacon(
        EngineKind.Redis,
        "",
        key,
        registry.server().adminUser(),
        () -> Acl.delete(redis, name(key)));
  }

  private static String name(long key) {
    return "bs_beacon_" + Long.toHexString(key);
  }

  @Override
  public boolean sees(Beacon beacon) throws EngineException {
    return beacon.kind().equals(EngineKind.Redis)
        && AclUser.find(redis, registry.marks(), name(beacon.key())).isPresent();
  }

  /// Keys need nothing to lie in.
  @Override
  public void createMissing(Order order) {}

  @Override
  public void ensure(Order order, List<Want> wants) throws EngineException {
    refuseReplica();
    registry.change(
        redis,
        () -> {
          var logins = new Logins(registry, redis);
          for (var want : wants)
            if (!want.state().letsIn()) {
              logins.lock(order, want.login(), want.superseding());
              if (want.state() == LoginState.Absent) logins.remove(order, want.login());
            }
          if (wants.stream().anyMatch(w -> w.state().letsIn()))
            new Claims(registry, redis).take(order);
          for (var want : wants) if (want.state().letsIn()) logins.open(order, want);
        });
    for (var want : wants) check(order, want);
  }

  /// A replica takes accounts of its own, and loses them when it becomes a copy again.
  private void refuseReplica() throws EngineException {
    if (identity().writable()) return;
    throw EngineException.of(
        Reason.ServerReadOnly,
        registry.server().name() + " is a replica: promote it, or name the primary");
  }

  private void check(Order order, Want want) throws EngineException {
    if (!want.state().letsIn()) return;
    if (look(order, Set.of(want.login())).standing().of(want.login()) == Holds.Works) return;
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "on %s %s does not hold exactly what it was given: see ACL GETUSER"
            .formatted(registry.server().name(), want.login()));
  }

  @Override
  public Drain sever(Order order, Attachment attachment, Duration within) throws EngineException {
    return new Logins(registry, redis).sever(attachment, within);
  }

  @Override
  public int lockStrangers(Set<String> names) throws EngineException {
    var strangers =
        new Claims(registry, redis)
            .users().stream()
                .filter(AclUser::on)
                .filter(u -> u.login().filter(m -> !names.contains(m.server())).isPresent())
                .toList();
    if (strangers.isEmpty()) return 0;
    registry.change(
        redis,
        () -> {
          for (var user : strangers)
            new Logins(registry, redis).lockStranger(user.name(), user.login().orElseThrow());
        });
    return strangers.size();
  }

  @Override
  public void drop(Order order) throws EngineException {
    registry.change(redis, () -> new Claims(registry, redis).release(order));
  }

  @Override
  public void close() {
    lane.giveBack(loan);
  }
}
