package dev.backingservice.report;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Names;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.Word;
import dev.backingservice.plan.Action;
import dev.backingservice.plan.Facts;
import dev.backingservice.plan.FenceProof;
import dev.backingservice.plan.Memory;
import dev.backingservice.plan.Outcome;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.Plan;
import dev.backingservice.plan.Planner;
import dev.backingservice.plan.Probe;
import dev.backingservice.plan.Published;
import dev.backingservice.plan.ServerFact;
import dev.backingservice.plan.ServerFact.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// A world of two servers, one Secret and one status, small enough to be searched whole. Immutable.
///
/// @param late whether the time-out of the phase is over
record World(
    String wanted,
    Map<String, Server> servers,
    Optional<Secret> secret,
    Memory memory,
    boolean late,
    Instant now) {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ServiceId ID = new ServiceId("shop", "orders-db", "uid");
  private static final String INSTANCE = "instance";

  World {
    servers = Map.copyOf(new TreeMap<>(servers));
  }

  /// @param logins epoch by login, for those that exist
  /// @param open logins that let people in
  /// @param stuck whether sessions do not end
  record Server(boolean up, boolean stuck, Map<String, Long> logins, Set<String> open) {
    Server {
      logins = Map.copyOf(logins);
      open = Set.copyOf(open);
    }

    long epoch(String login) {
      return logins.getOrDefault(login, 0L);
    }

    static Server fresh() {
      return new Server(true, false, Map.of(), Set.of());
    }
  }

  record Secret(Attachment active, Place requested, List<Debt> debts, int version) {}

  static World start() {
    return new World(
        "a",
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

  World edited(String server) {
    return new World(server, servers, secret, memory, late, now);
  }

  World with(String name, Server server) {
    var changed = new HashMap<>(servers);
    changed.put(name, server);
    return new World(wanted, changed, secret, memory, late, now);
  }

  World up(String name, boolean up) {
    var s = server(name);
    return with(name, new Server(up, s.stuck, s.logins, s.open));
  }

  World stuck(String name, boolean stuck) {
    var s = server(name);
    return with(name, new Server(s.up, stuck, s.logins, s.open));
  }

  World late(boolean over) {
    return new World(wanted, servers, secret, memory, over, now);
  }

  World later(Duration time) {
    return new World(wanted, servers, secret, memory, late, now.plus(time));
  }

  /// One reconcile that ends after `actions` actions without recording anything; the whole of
  /// it when negative.
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
    var story = Story.of(plan, outcomes, now);
    boolean moved = !story.memory().swap().equals(memory.swap());
    return new World(wanted, servers, secret, story.memory(), late && !moved, now);
  }

  // what is seen of it

  Facts facts(SwapPolicy policy) {
    var intent = intent(policy);
    var bare =
        new Facts(
            new Facts.Service(
                ID,
                1,
                Facts.Life.Living,
                secret.isPresent() || memory.active().isPresent(),
                INSTANCE,
                new Facts.Annotations("", "", "")),
            new Facts.Request.Understood(intent),
            secret
                .<Published>map(
                    s ->
                        new Published.Binding(
                            true,
                            s.active,
                            s.requested,
                            intent.binding().fingerprint(),
                            s.debts,
                            Optional.empty(),
                            "" + s.version))
                .orElse(new Published.None()),
            memory,
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            late ? policy.fenceTimeout() : Duration.ZERO,
            List.of());
    var seen = new HashMap<String, ServerFact>();
    servers.forEach(
        (name, server) ->
            seen.put(
                name,
                new ServerFact(
                    name,
                    new ServerFact.Admission(Optional.empty(), Optional.empty(), Set.of(), ""),
                    sight(name, server))));
    return bare.withServers(seen)
        .withProbe(
            new Probe(
                Optional.empty(),
                Probe.Sameness.Different,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private static Sight sight(String name, Server server) {
    if (!server.up) return new Sight.Silent(silence(name));
    var logins = new HashMap<String, Standing.Login>();
    server.logins.forEach(
        (login, epoch) ->
            logins.put(
                login,
                new Standing.Login(
                    server.open.contains(login) ? Holds.Works : Holds.Locked, epoch, "uid", 0)));
    return new Sight.Answers(
        new Identity(name, name + "/1", "1", Identity.Role.Primary, "17"), new Standing(logins));
  }

  private Intent intent(SwapPolicy policy) {
    return new Intent(
        new Place(wanted, "orders", "public"),
        Intent.State.Attached,
        Access.ReadWrite,
        new Intent.Limits(20, Duration.ZERO),
        Intent.CreateDatabase.Never,
        new BindingShape("orders-db", "orders-db", "/bindings", Map.of(), true, List.of()),
        List.of(),
        Intent.Rollout.Restart,
        policy,
        Duration.ofHours(2160),
        Intent.DeletionPolicy.Retain);
  }

  // what actions do to it

  private record Done(World world, Result result) {}

  private Done act(Action action) {
    return switch (action) {
      case Action.Ensure(var server, var words) -> ensure(server, words);
      case Action.Tidy(var server, var words) -> ensure(server, words);
      case Action.Knock(var at) -> new Done(this, knock(at));
      case Action.Fence(var at, _) -> fence(at);
      case Action.Settle(var at) -> fence(at);
      case Action.Publish p ->
          publish(new Secret(p.attachment(), p.requested(), p.debts(), 0), p.guard());
      case Action.Amend p ->
          publish(new Secret(p.attachment(), p.requested(), p.debts(), 0), p.guard());
      case Action.MarkAttached _, Action.CreateDatabase _, Action.Owe _ ->
          new Done(this, new Result.Done());
      case Action.Project _, Action.Withdraw _, Action.Unpublish _, Action.HandOver _ ->
          throw new IllegalStateException("not in this world: " + action);
    };
  }

  private Done ensure(String name, List<Action.Desired> words) {
    var server = server(name);
    if (!server.up) return new Done(this, new Result.Silent(silence(name)));
    var logins = new HashMap<>(server.logins);
    var open = new HashSet<>(server.open);
    for (var word : words) {
      var login = word.attachment().login();
      open.remove(login);
      if (word.word().works()) {
        logins.put(login, word.attachment().epoch());
        open.add(login);
      }
      if (word.word() == Word.Absent) logins.remove(login);
    }
    return new Done(with(name, new Server(true, server.stuck, logins, open)), new Result.Done());
  }

  private Result knock(Attachment at) {
    var server = server(at.server());
    if (!server.up) return new Result.Silent(silence(at.server()));
    return works(at)
        ? new Result.LetIn(1)
        : new Result.Failed(new Failure(Reason.LoginRefused, "refused"));
  }

  boolean works(Attachment at) {
    var server = server(at.server());
    return server.open.contains(at.login()) && server.epoch(at.login()) == at.epoch();
  }

  private Done fence(Attachment at) {
    var locked = ensure(at.server(), List.of(new Action.Desired(at, Word.Locked)));
    if (!(locked.result instanceof Result.Done)) return locked;
    if (server(at.server()).stuck) return new Done(locked.world, new Result.Draining(1));
    return new Done(
        locked.world,
        new Result.Fenced(
            new FenceProof(FenceProof.Result.Verified, at.server() + "/1@1", 0, now)));
  }

  private Done publish(Secret written, String guard) {
    int version = secret.map(s -> s.version).orElse(0);
    if (!guard.equals(secret.map(s -> "" + s.version).orElse("")))
      return new Done(this, new Result.Unclear(new Failure(Reason.Pending, "409")));
    var next = new Secret(written.active, written.requested, written.debts, (version + 1) % 4);
    return new Done(
        new World(wanted, servers, Optional.of(next), memory, late, now), new Result.Done());
  }

  private static Failure silence(String name) {
    return new Failure(Reason.ServerUnreachable, name + " does not answer");
  }

  static String login(Names.Slot slot) {
    return Names.login(INSTANCE, ID, slot);
  }
}
