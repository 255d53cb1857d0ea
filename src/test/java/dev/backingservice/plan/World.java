package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginNames;
import dev.backingservice.model.Place;
import dev.backingservice.model.SwapPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// A world of three names, the instances that they lead to, one Secret, one workload and one
/// status, small enough to be searched. Immutable.
///
/// @param names of servers: BackingServers
/// @param instances running servers; one without a name is a predecessor that nobody can reach
/// @param grip how the API server treats writes
/// @param held a write of the binding Secret that an old leader sent and that has not arrived
/// @param searched whether this process has looked at every server
/// @param seen instances that the operator looked at
/// @param late whether the time-out of the phase is over
/// @param page debts handed over at the deletion
record World(
    Spec spec,
    Map<String, Name> names,
    Map<String, Instance> instances,
    Optional<Secret> secret,
    Grip grip,
    Optional<Action> held,
    Pods pods,
    Memory memory,
    boolean searched,
    Set<String> seen,
    boolean late,
    List<Debt> page,
    Instant now) {
  private static final Duration DRIFT = Duration.ofMinutes(10);
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String FIRST = "uid";
  static final String MISSING = "missing";
  static final LoginNames LOGINS = new LoginNames("login_a", "login_b");

  World {
    names = Map.copyOf(new TreeMap<>(names));
    instances = Map.copyOf(new TreeMap<>(instances));
    seen = Set.copyOf(seen);
    page = List.copyOf(page);
  }

  /// @param uid of the object
  /// @param shape of the binding: a change makes a new epoch on the same server
  /// @param sound whether the operator accepts the spec
  /// @param marked whether the resource says that it was attached once
  /// @param given content of the Secret that the tenant hands over, `missing` without one; empty
  ///     where the operator makes the accounts
  record Spec(
      String uid,
      String server,
      Life life,
      int shape,
      Access access,
      boolean sound,
      boolean marked,
      Facts.Annotations said,
      String given) {
    Spec on(String other) {
      return new Spec(uid, other, life, shape, access, sound, marked, said, given);
    }

    Spec in(Life other) {
      return new Spec(uid, server, other, shape, access, sound, marked, said, given);
    }

    Spec shaped(int other) {
      return new Spec(uid, server, life, other, access, sound, marked, said, given);
    }

    Spec accessing(Access other) {
      return new Spec(uid, server, life, shape, other, sound, marked, said, given);
    }

    Spec sound(boolean other) {
      return new Spec(uid, server, life, shape, access, other, marked, said, given);
    }

    Spec attachedOnce() {
      return new Spec(uid, server, life, shape, access, sound, true, said, given);
    }

    Spec unmarked() {
      return new Spec(uid, server, life, shape, access, sound, false, said, given);
    }

    /// Another object of the same name.
    Spec anew() {
      return new Spec(uid + "2", server, life, shape, access, sound, false, said, given);
    }

    Spec saying(Facts.Annotations other) {
      return new Spec(uid, server, life, shape, access, sound, marked, other, given);
    }

    Spec handing(String content) {
      return new Spec(uid, server, life, shape, access, sound, marked, said, content);
    }

    boolean givesNothing() {
      return given.isEmpty();
    }

    Spec retrying(String word) {
      return saying(
          new Facts.Annotations(
              said.acceptData(), said.acceptDivergence(), word, said.endOverlap(), ""));
    }

    Spec endingOverlap(String epoch) {
      return saying(
          new Facts.Annotations(
              said.acceptData(), said.acceptDivergence(), said.retry(), epoch, ""));
    }
  }

  enum Life {
    Attached,
    Detached,
    Deleting,
    Gone;

    Intent.State state() {
      return this == Attached ? Intent.State.Attached : Intent.State.Detached;
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
    Stuck,
    /// It answers, and does not have the data.
    Empty,
    /// It answers, and the name of the next login is somebody else's.
    Taken,
    /// It answers, makes logins, and cannot grant them what they need.
    Partial,
    /// It answers, and does not admit the namespace any more.
    Closed
  }

  /// How the API server treats writes.
  enum Grip {
    Free,
    /// The binding Secret is immutable, and the page of debts is full.
    Refused,
    /// Somebody else's Secret has the name of the binding.
    Foreign
  }

  /// @param lineage that was seen first under the name
  /// @param accepted the other lineage that the platform team accepts
  /// @param gone what the platform team says will never answer again
  record Name(Mood mood, String instance, String lineage, String accepted, String gone) {
    Name in(Mood other) {
      return new Name(other, instance, lineage, accepted, gone);
    }

    Name leadingTo(String other) {
      return new Name(mood, other, lineage, accepted, gone);
    }

    Name accepting(String other) {
      return new Name(mood, instance, lineage, other, gone);
    }

    Name forgiving(String other) {
      return new Name(mood, instance, lineage, accepted, other);
    }

    boolean answers() {
      return mood != Mood.Down && mood != Mood.Refusing;
    }
  }

  /// @param standby whether it takes no writes
  record Instance(String lineage, int timeline, boolean standby, Map<String, Login> logins) {
    Instance {
      logins = Map.copyOf(new TreeMap<>(logins));
    }

    Optional<Login> find(String login) {
      return Optional.ofNullable(logins.get(login));
    }

    Instance with(String name, Login login) {
      var changed = new HashMap<>(logins);
      changed.put(name, login);
      return new Instance(lineage, timeline, standby, changed);
    }

    Instance without(String name) {
      var changed = new HashMap<>(logins);
      changed.remove(name);
      return new Instance(lineage, timeline, standby, changed);
    }

    /// It begins or ends to take writes.
    Instance standby(boolean follows) {
      return new Instance(lineage, timeline, follows, logins);
    }

    /// A physical copy, promoted: nobody is connected to it.
    ///
    /// @param name that leads to it
    Instance promoted(String name) {
      var copies = new HashMap<String, Login>();
      logins.forEach(
          (login, l) -> copies.put(login, (l.server.equals(name) ? l : l.locked()).using(false)));
      return new Instance(lineage, timeline + 1, false, copies);
    }
  }

  /// @param uid of the object that it was made for
  /// @param server whose name its password is derived from
  /// @param used whether somebody has a session with it
  /// @param known whether it was ever published: nobody has the credential of another one
  /// @param granted whether it was given all that it needs
  record Login(
      String uid,
      long epoch,
      String server,
      long superseded,
      Access access,
      boolean open,
      boolean used,
      boolean known,
      boolean granted) {
    Login published() {
      return new Login(uid, epoch, server, superseded, access, open, used, true, granted);
    }

    Login locked() {
      return new Login(
          uid, epoch, server, Math.max(superseded, epoch), access, false, used, known, granted);
    }

    /// Whether it is the login of an attachment of this object.
    boolean is(String object, long of) {
      return uid.equals(object) && epoch == of;
    }

    boolean letsIn(Attachment at) {
      return open && epoch == at.epoch() && server.equals(at.server());
    }

    Login using(boolean sessions) {
      return new Login(uid, epoch, server, superseded, access, open, sessions, known, granted);
    }
  }

  /// @param given content of what was handed over for it; empty where nothing is
  record Secret(
      Attachment active,
      Place requested,
      BindingShape shape,
      String given,
      long aborted,
      List<Debt> debts,
      int version) {}

  /// @param epoch in the template of the one workload; 0 for none
  /// @param path where the template mounts the binding; empty for nowhere
  /// @param rolled whether every pod runs it
  record Pods(long epoch, String path, boolean rolled) {
    Pods rolledOut() {
      return new Pods(epoch, path, true);
    }
  }

  /// A policy with the usual times.
  static SwapPolicy policy(SwapPolicy.IfUnreachable silent, SwapPolicy.IfNotDrained stuck) {
    return new SwapPolicy(
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        silent,
        stuck,
        Duration.ofHours(1),
        Duration.ZERO,
        SwapPolicy.Sequences.Compare);
  }

  static World start() {
    return new World(
        new Spec(
            FIRST,
            "a",
            Life.Attached,
            0,
            Access.ReadWrite,
            true,
            false,
            new Facts.Annotations("", "", "", "", ""),
            ""),
        Map.of("a", name("A", "L1"), "b", name("B", "L2"), "c", name("A", "L1")),
        Map.of(
            "A",
            new Instance("L1", 1, false, Map.of()),
            "B",
            new Instance("L2", 1, false, Map.of())),
        Optional.empty(),
        Grip.Free,
        Optional.empty(),
        new Pods(0, "", true),
        Memory.blank(),
        true,
        Set.of(),
        false,
        List.of(),
        START);
  }

  /// The same where the tenant hands the credential over.
  static World startGiven() {
    var start = start();
    return start.asking(start.spec.handing("1"));
  }

  private static Name name(String instance, String lineage) {
    return new Name(Mood.Well, instance, lineage, "", "");
  }

  Name name(String name) {
    return Objects.requireNonNull(names.get(name));
  }

  /// The instance that a name leads to.
  Instance at(String name) {
    return Objects.requireNonNull(instances.get(name(name).instance));
  }

  /// Where credentials are handed over, they are the provider's business.
  boolean works(Attachment at) {
    if (!spec.givesNothing()) return true;
    return at(at.server()).lineage.equals(at.serverId())
        && at(at.server())
            .find(at.login())
            .filter(l -> l.uid.equals(spec.uid) && l.letsIn(at))
            .isPresent();
  }

  /// Names that lead to an instance.
  List<String> namesOf(String instance) {
    return names.entrySet().stream()
        .filter(e -> e.getValue().instance.equals(instance))
        .map(Map.Entry::getKey)
        .toList();
  }

  // what happens to it

  World asking(Spec other) {
    return new World(
        other, names, instances, secret, grip, held, pods, memory, searched, seen, late, page, now);
  }

  World named(String name, UnaryOperator<Name> change) {
    var changed = new HashMap<>(names);
    changed.put(name, change.apply(name(name)));
    return new World(
        spec, changed, instances, secret, grip, held, pods, memory, searched, seen, late, page,
        now);
  }

  World with(String instance, Instance other) {
    var changed = new HashMap<>(instances);
    changed.put(instance, other);
    return new World(
        spec, names, changed, secret, grip, held, pods, memory, searched, seen, late, page, now);
  }

  World mood(String name, Mood mood) {
    return named(name, n -> n.in(mood));
  }

  World gripped(Grip other) {
    var left = other == Grip.Foreign ? Optional.<Secret>empty() : secret;
    return new World(
        spec, names, instances, left, other, held, pods, memory, searched, seen, late, page, now);
  }

  World holding(Optional<Action> write) {
    return new World(
        spec, names, instances, secret, grip, write, pods, memory, searched, seen, late, page, now);
  }

  World running(Pods other) {
    return new World(
        spec, names, instances, secret, grip, held, other, memory, searched, seen, late, page, now);
  }

  World having(Optional<Secret> other) {
    return new World(
        spec, names, instances, other, grip, held, pods, memory, searched, seen, late, page, now);
  }

  World remembering(Memory other) {
    return new World(
        spec, names, instances, secret, grip, held, pods, other, searched, seen, late, page, now);
  }

  World searched(boolean all) {
    return new World(
        spec, names, instances, secret, grip, held, pods, memory, all, seen, late, page, now);
  }

  World late(boolean over) {
    return new World(
        spec, names, instances, secret, grip, held, pods, memory, searched, seen, over, page, now);
  }

  /// The operator looks at what the names lead to.
  World looked(Set<String> servers) {
    var all = new TreeSet<>(seen);
    for (var server : servers) if (name(server).answers()) all.add(name(server).instance);
    return new World(
        spec, names, instances, secret, grip, held, pods, memory, searched, all, late, page, now);
  }

  World owing(List<Debt> debts) {
    return new World(
        spec, names, instances, secret, grip, held, pods, memory, searched, seen, late, debts, now);
  }

  World at(Instant time) {
    return new World(
        spec, names, instances, secret, grip, held, pods, memory, searched, seen, late, page, time);
  }

  /// The standby of an instance is promoted, and takes its name over; the predecessor lives on. At
  /// first sight of the copy, its server's loop locks what was made under another name.
  World promoted(String name) {
    var old = name(name).instance;
    return with(old + "2", at(name).promoted(name)).named(name, n -> n.leadingTo(old + "2"));
  }

  /// An empty server takes the place of another one.
  World replaced(String name) {
    var fresh = name(name).instance + "x";
    return with(fresh, new Instance("L" + fresh, 1, false, Map.of()))
        .named(name, n -> n.leadingTo(fresh));
  }

  /// A backup of the cluster is put back: the Secret and the status of an earlier world. The
  /// operator starts with it.
  World restored(World earlier) {
    int version = secret.map(Secret::version).orElse(0) + 1;
    var back =
        earlier.secret.map(
            s ->
                new Secret(
                    s.active,
                    s.requested,
                    s.shape,
                    s.given,
                    s.aborted,
                    s.debts,
                    version % VERSIONS));
    return gripped(Grip.Free)
        .having(back)
        .remembering(earlier.memory)
        .running(earlier.pods)
        .holding(Optional.empty())
        .searched(false);
  }

  /// Somebody takes the finalizer away, deletes the resource and makes it anew: the Secret goes
  /// with its owner, and the logins stay. No leader of before sends anything any more.
  World madeAnew() {
    return asking(spec.anew())
        .having(Optional.empty())
        .remembering(Memory.blank())
        .holding(Optional.empty())
        .searched(false);
  }

  /// A backup of the resource is put back without its status.
  World forgotten() {
    return remembering(Memory.blank()).searched(false);
  }

  static final int VERSIONS = 7;

  /// Clients connect with what the Secret says, where they can; old ones stay.
  World connected() {
    if (secret.isEmpty()) return this;
    var at = secret.get().active;
    if (!spec.givesNothing() || name(at.server()).mood == Mood.Down || !works(at)) return this;
    var login = at(at.server()).find(at.login()).orElseThrow().using(true);
    return with(name(at.server()).instance, at(at.server()).with(at.login(), login));
  }

  /// Every client of a login hangs up.
  World hungUp(String instance, String login) {
    var at = Objects.requireNonNull(instances.get(instance));
    return at.find(login).map(l -> with(instance, at.with(login, l.using(false)))).orElse(this);
  }

  /// One reconcile that ends after `actions` actions without recording anything; the whole of it
  /// when negative.
  List<World> reconciled(int actions, SwapPolicy policy) {
    if (spec.life == Life.Gone) return List.of(having(Optional.empty())); // with its owner
    return pass(WorldFacts.of(this, policy), actions).worlds();
  }

  /// One reconcile.
  ///
  /// @param worlds that it passes through
  /// @param outcomes of the actions that were carried out
  record Pass(Plan plan, List<World> worlds, List<Outcome> outcomes) {
    Aftermath aftermath(Instant now) {
      return Aftermath.of(plan, outcomes, DRIFT, now);
    }
  }

  /// @param actions how many are carried out before a crash; all of them when negative
  Pass pass(Facts facts, int actions) {
    var world = searched(searched || Places.settled(facts)).looked(facts.servers().keySet());
    var pass = new Pass(Planner.plan(facts, now), new ArrayList<>(), new ArrayList<>());
    for (var action : pass.plan.actions()) {
      if (actions >= 0 && pass.outcomes.size() == actions) return pass;
      var done = WorldActs.of(world, facts).act(action);
      world = done.world();
      pass.worlds.add(world);
      pass.outcomes.add(new Outcome(action, done.result()));
      if (!pass.outcomes.getLast().done() && !action.independent()) break;
    }
    if (actions < 0) pass.worlds.add(world.recorded(pass));
    return pass;
  }

  /// A reconcile up to its write of the binding Secret: an old leader has sent it, and stops. Empty
  /// when nothing is to be published, or it does not come to that.
  Optional<World> cutSent(SwapPolicy policy) {
    if (spec.life == Life.Gone || held.isPresent()) return Optional.empty();
    var facts = WorldFacts.of(this, policy);
    var world = looked(facts.servers().keySet());
    for (var action : Planner.plan(facts, now).actions()) {
      if (action instanceof Action.Publish) return Optional.of(world.holding(Optional.of(action)));
      var done = WorldActs.of(world, facts).act(action);
      world = done.world();
      if (!new Outcome(action, done.result()).done() && !action.independent())
        return Optional.empty();
    }
    return Optional.empty();
  }

  private World recorded(Pass pass) {
    var after = pass.aftermath(now);
    boolean moved = !after.swap().equals(memory.swap());
    var world = remembering(WorldStatus.reread(after)).late(late && !moved);
    boolean gone = spec.life == Life.Deleting && pass.outcomes.stream().allMatch(Outcome::done);
    return gone ? world.asking(spec.in(Life.Gone)) : world;
  }

  @Override
  public String toString() {
    var text = new StringBuilder("%s\n".formatted(spec));
    new TreeMap<>(names).forEach((name, n) -> text.append("  %s: %s%n".formatted(name, n)));
    new TreeMap<>(instances).forEach((name, i) -> text.append("  %s: %s%n".formatted(name, i)));
    text.append(
        "  %s %s held=%s %s searched=%s late=%s%n"
            .formatted(secret, grip, held, pods, searched, late));
    text.append(
        "  active=%s%n  retained=%s%n  swap=%s%n  debts=%s page=%s%n"
            .formatted(memory.active(), memory.retained(), memory.swap(), memory.debts(), page));
    return text.toString().replaceAll("schema public of database orders on ", "");
  }
}
