package dev.backingservice.plan;

import dev.backingservice.model.Abilities;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Credentials;
import dev.backingservice.model.Debt;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.ServerFact.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// A world of two servers, one Secret and one status, small enough to be searched whole. Immutable.
///
/// @param spec what is asked for
/// @param late whether the time-out of the phase is over
record World(
    Spec spec,
    Map<String, Server> servers,
    Optional<Secret> secret,
    Memory memory,
    boolean late,
    Instant now) {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final ServiceId ID = new ServiceId("shop", "orders-db", "uid");
  static final LoginNames LOGINS = new LoginNames("login_a", "login_b");
  private static final Abilities ABILITIES =
      new Abilities(
          Set.of(Access.values()),
          Abilities.Fence.Proven,
          Abilities.Accounts.PerServer,
          Abilities.Overlap.TwoLogins,
          Abilities.Refusal.Told);

  World {
    servers = Map.copyOf(new TreeMap<>(servers));
  }

  /// @param shape of the binding: a change makes a new epoch on the same server
  record Spec(String server, Intent.State state, int shape, Access access) {
    Spec on(String other) {
      return new Spec(other, state, shape, access);
    }

    Spec in(Intent.State other) {
      return new Spec(server, other, shape, access);
    }

    Spec shaped(int other) {
      return new Spec(server, state, other, access);
    }

    Spec allowing(Access other) {
      return new Spec(server, state, shape, other);
    }
  }

  /// How a server treats its administrator.
  enum Mood {
    Well,
    /// Nobody is there.
    Down,
    /// It answers, and lets no administrator in.
    Refusing,
    /// It answers, and sessions do not end.
    Stuck
  }

  /// @param consents whether the namespace is admitted
  record Server(Mood mood, boolean consents, Map<String, Login> logins) {
    Server {
      logins = Map.copyOf(new TreeMap<>(logins));
    }

    static Server fresh() {
      return new Server(Mood.Well, true, Map.of());
    }

    Optional<Login> find(String login) {
      return Optional.ofNullable(logins.get(login));
    }

    boolean answers() {
      return mood == Mood.Well || mood == Mood.Stuck;
    }

    Server in(Mood other) {
      return new Server(other, consents, logins);
    }

    Server with(String name, Login login) {
      var changed = new HashMap<>(logins);
      changed.put(name, login);
      return new Server(mood, consents, changed);
    }

    Server without(String name) {
      var changed = new HashMap<>(logins);
      changed.remove(name);
      return new Server(mood, consents, changed);
    }
  }

  /// @param used whether somebody has a session with it
  record Login(long epoch, long superseded, Access access, boolean open, boolean used) {
    boolean letsIn(long of) {
      return open && epoch == of;
    }

    Login using(boolean sessions) {
      return new Login(epoch, superseded, access, open, sessions);
    }
  }

  record Secret(
      Attachment active,
      Place requested,
      String shape,
      long aborted,
      List<Debt> debts,
      int version) {}

  static World start() {
    return new World(
        new Spec("a", Intent.State.Attached, 0, Access.ReadWrite),
        Map.of("a", Server.fresh(), "b", Server.fresh()),
        Optional.empty(),
        Memory.blank(),
        false,
        START);
  }

  Server server(String name) {
    return Objects.requireNonNull(servers.get(name));
  }

  // what happens to it

  World asking(Spec other) {
    return new World(other, servers, secret, memory, late, now);
  }

  World with(String name, Server server) {
    var changed = new HashMap<>(servers);
    changed.put(name, server);
    return new World(spec, changed, secret, memory, late, now);
  }

  World mood(String name, Mood mood) {
    return with(name, server(name).in(mood));
  }

  World late(boolean over) {
    return new World(spec, servers, secret, memory, over, now);
  }

  World at(Instant time) {
    return new World(spec, servers, secret, memory, late, time);
  }

  /// Somebody takes the Secret away.
  World bare() {
    return new World(spec, servers, Optional.empty(), memory, late, now);
  }

  /// Somebody puts an older Secret back.
  World replayed(Secret older) {
    int version = secret.map(s -> s.version).orElse(0) + 1;
    var back =
        new Secret(
            older.active, older.requested, older.shape, older.aborted, older.debts, version % 5);
    return new World(spec, servers, Optional.of(back), memory, late, now);
  }

  /// Clients connect with what the Secret says, where they can; `old` ones stay.
  World connected() {
    if (secret.isEmpty()) return this;
    var at = secret.get().active;
    var server = server(at.server());
    var login = server.find(at.login()).filter(l -> l.letsIn(at.epoch()));
    return server.mood == Mood.Down || login.isEmpty()
        ? this
        : with(at.server(), server.with(at.login(), login.get().using(true)));
  }

  /// Every client of a login hangs up.
  World hungUp(String name, String login) {
    return server(name)
        .find(login)
        .map(l -> with(name, server(name).with(login, l.using(false))))
        .orElse(this);
  }

  /// One reconcile that ends after `actions` actions without recording anything; the whole of it
  /// when negative.
  List<World> reconciled(int actions, SwapPolicy policy) {
    var plan = Planner.plan(facts(policy), now);
    var seen = new ArrayList<World>();
    var world = this;
    var outcomes = new ArrayList<Outcome>();
    for (var action : plan.actions()) {
      if (actions >= 0 && outcomes.size() == actions) return seen;
      var done = world.act(action);
      world = done.world;
      seen.add(world);
      outcomes.add(new Outcome(action, done.result));
      if (!outcomes.getLast().done() && !action.independent()) break;
    }
    if (actions >= 0) return seen;
    seen.add(world.recorded(plan, outcomes));
    return seen;
  }

  private World recorded(Plan plan, List<Outcome> outcomes) {
    var after = Aftermath.of(plan, outcomes, Duration.ofMinutes(10), now);
    boolean moved = !after.swap().equals(memory.swap());
    return new World(spec, servers, secret, after.memory(), late && !moved, now);
  }

  // what is seen of it

  Facts facts(SwapPolicy policy) {
    var seen = new HashMap<String, ServerFact>();
    servers.forEach((name, server) -> seen.put(name, fact(name, server)));
    return new Facts(
        new Facts.Service(
            ID,
            "namespace-uid",
            1,
            Facts.Life.Living,
            secret.isPresent() || memory.lastEpoch() > 0,
            LOGINS,
            new Facts.Annotations("", "", "", "")),
        new Facts.Request.Understood(intent(policy)),
        secret.<Published>map(this::published).orElse(new Published.None()),
        memory,
        seen,
        List.of(),
        Optional.of(probe()),
        Optional.empty(),
        late ? policy.fenceTimeout() : Duration.ZERO,
        List.of());
  }

  private Published published(Secret s) {
    return new Published.Binding(
        s.active, s.requested, s.shape, s.aborted, s.debts, Optional.empty(), "" + s.version);
  }

  private static Probe probe() {
    return new Probe(
        Optional.empty(),
        Probe.Sameness.Different,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static ServerFact fact(String name, Server server) {
    var consent =
        server.consents
            ? Optional.<Failure>empty()
            : Optional.of(new Failure(Reason.ServerNotAvailable, "not admitted"));
    return new ServerFact(
        name,
        new ServerFact.Admission(consent, Optional.empty(), Set.of(), 1000, ""),
        ABILITIES,
        sight(name, server));
  }

  private static Sight sight(String name, Server server) {
    return switch (server.mood) {
      case Down -> new Sight.Silent(failure(name));
      case Refusing -> new Sight.Troubled(new Failure(Reason.AdminRefused, "refused"));
      case Well, Stuck -> new Sight.Answers(identity(name), standing(server));
    };
  }

  private static Standing standing(Server server) {
    var logins = new HashMap<String, Standing.Login>();
    server.logins.forEach(
        (name, l) ->
            logins.put(
                name,
                new Standing.Login(
                    l.open ? Holds.Works : Holds.Locked,
                    l.epoch,
                    l.superseded,
                    l.access,
                    "uid",
                    l.used ? 1 : 0,
                    List.of())));
    return new Standing(logins);
  }

  private static Identity identity(String name) {
    return new Identity(name, name + "/1", "1", "", Identity.Role.Primary, "17");
  }

  private Intent intent(SwapPolicy policy) {
    return new Intent(
        EngineKind.PostgreSQL,
        new Place(spec.server, new Scope.Schema("orders", "public")),
        new Credentials.Derived(),
        spec.state,
        spec.access,
        new Intent.Limits(20, Duration.ZERO),
        Intent.CreateDatabase.Never,
        shape(),
        List.of(),
        Intent.Rollout.Restart,
        policy,
        Duration.ofHours(2160),
        Intent.DeletionPolicy.Retain);
  }

  private BindingShape shape() {
    return new BindingShape(
        "orders-db", "orders-db", "/bindings" + spec.shape, Map.of(), true, List.of());
  }

  // what actions do to it

  private record Done(World world, Result result) {}

  private Done act(Action action) {
    return switch (action) {
      case Action.Ensure(var server, var logins) -> ensure(server, logins);
      case Action.Tidy(var server, var logins) -> ensure(server, logins);
      case Action.Knock(var at) -> new Done(this, knock(at));
      case Action.Fence(var server, var logins, long by, _) -> fence(server, logins, by);
      case Action.Settle(var at, long by) -> fence(at.server(), List.of(at), by);
      case Action.Publish p ->
          publish(
              new Secret(p.attachment(), p.requested(), shape().fingerprint(), 0, p.debts(), 0),
              p.guard());
      case Action.Amend p -> amend(p);
      case Action.Unpublish _ -> new Done(bare(), new Result.Done());
      case Action.MarkAttached _, Action.CreateMissing _, Action.Owe _ ->
          new Done(this, new Result.Done());
      case Action.Project _, Action.Withdraw _, Action.HandOver _, Action.Drop _ ->
          throw new IllegalStateException("not in this world: " + action);
    };
  }

  private Done ensure(String name, List<Action.Desired> desired) {
    var server = server(name);
    if (server.mood == Mood.Down) return new Done(this, new Result.Silent(failure(name)));
    if (server.mood == Mood.Refusing) return new Done(this, new Result.Failed(failure(name)));
    for (var d : desired) {
      var ensured = ensured(server, d);
      if (ensured.isEmpty())
        return new Done(
            with(name, server), new Result.Failed(new Failure(Reason.LoginRefused, "superseded")));
      server = ensured.get();
    }
    return new Done(with(name, server), new Result.Done());
  }

  /// Empty when the login was superseded by a later epoch, or its sessions do not end.
  private static Optional<Server> ensured(Server server, Action.Desired d) {
    var at = d.attachment();
    var was = server.find(at.login());
    return switch (d.state()) {
      case Active, Prepared -> opened(server, d, was);
      case Locked ->
          Optional.of(was.map(l -> server.with(at.login(), locked(l, d))).orElse(server));
      case Absent ->
          was.filter(l -> l.used && server.mood == Mood.Stuck).isPresent()
              ? Optional.empty()
              : Optional.of(server.without(at.login()));
    };
  }

  private static Login locked(Login l, Action.Desired d) {
    long by = Math.max(l.superseded, Math.max(d.superseding(), l.epoch));
    return new Login(l.epoch, by, l.access, false, l.used);
  }

  private static Optional<Server> opened(Server server, Action.Desired d, Optional<Login> was) {
    var at = d.attachment();
    long by = was.map(Login::superseded).orElse(0L);
    if (by != 0 && by != d.superseding() && at.epoch() <= by) return Optional.empty();
    boolean same = was.filter(l -> l.epoch == at.epoch()).isPresent();
    boolean used = was.filter(Login::used).isPresent();
    if (used && !same && server.mood == Mood.Stuck) return Optional.empty();
    return Optional.of(
        server.with(at.login(), new Login(at.epoch(), 0, at.access(), true, used && same)));
  }

  private Result knock(Attachment at) {
    var server = server(at.server());
    if (server.mood == Mood.Down) return new Result.Silent(failure(at.server()));
    return works(at)
        ? new Result.LetIn(OptionalInt.of(1))
        : new Result.Failed(new Failure(Reason.LoginRefused, "refused"));
  }

  boolean works(Attachment at) {
    return server(at.server()).find(at.login()).filter(l -> l.letsIn(at.epoch())).isPresent();
  }

  private Done fence(String name, List<Attachment> logins, long by) {
    if (server(name).mood == Mood.Down)
      return new Done(this, new Result.Unanswered(failure(name), 3, Duration.ofMinutes(5)));
    var locked =
        ensure(
            name, logins.stream().map(l -> new Action.Desired(l, LoginState.Locked, by)).toList());
    if (!(locked.result instanceof Result.Done)) return locked;
    var world = locked.world;
    if (server(name).mood == Mood.Stuck && used(world, name, logins))
      return new Done(world, new Result.Draining(1));
    for (var login : logins) world = world.hungUp(name, login.login());
    return new Done(
        world,
        new Result.Fenced(new FenceProof(FenceProof.Result.Verified, name + "/1@1", "", 0, now)));
  }

  private static boolean used(World world, String name, List<Attachment> logins) {
    return logins.stream()
        .anyMatch(l -> world.server(name).find(l.login()).filter(Login::used).isPresent());
  }

  private Done amend(Action.Amend p) {
    if (secret.isEmpty()) return new Done(this, new Result.Done());
    var s = secret.get();
    return publish(
        new Secret(s.active, p.requested(), s.shape, p.aborted(), p.debts(), 0), p.guard());
  }

  private Done publish(Secret written, String guard) {
    int version = secret.map(s -> s.version).orElse(0);
    if (!guard.equals(secret.map(s -> "" + s.version).orElse("")))
      return new Done(this, new Result.Unclear(new Failure(Reason.Pending, "409")));
    var next =
        new Secret(
            written.active,
            written.requested,
            written.shape,
            written.aborted,
            written.debts,
            (version + 1) % 5);
    return new Done(
        new World(spec, servers, Optional.of(next), memory, late, now), new Result.Done());
  }

  private static Failure failure(String name) {
    return new Failure(Reason.ServerUnreachable, name + " does not answer");
  }
}
