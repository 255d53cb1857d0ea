package dev.backingservice.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.api.Condition;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Place;
import dev.backingservice.model.SwapPolicy;
import dev.backingservice.model.SwapPolicy.IfNotDrained;
import dev.backingservice.model.SwapPolicy.IfUnreachable;
import dev.backingservice.plan.World.Grip;
import dev.backingservice.plan.World.Life;
import dev.backingservice.plan.World.Mood;
import dev.backingservice.report.Reporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What holds in every world, and what every world comes to.
///
/// @param start the world that all begin as
record WorldLaws(SwapPolicy policy, World start) {
  private static final int PATIENCE = 80;
  private static final int CALM = 4;

  WorldLaws(SwapPolicy policy) {
    this(policy, World.start());
  }

  /// What holds after each step of the operator.
  void holdAlong(World before, List<World> passed, String path) {
    var was = before;
    for (var world : passed) {
      var unfenced = new TreeSet<>(unfenced(world, world.seen()));
      unfenced.removeAll(unfenced(was, world.seen()));
      assertThat(unfenced).as(() -> path + "\n" + world).isEmpty();
      if (!was.secret().equals(world.secret())) {
        whatIsPublishedWorks(was, world, path);
        nothingMovesWithoutAPreflight(was, world, path);
      }
      was = world;
    }
  }

  /// The invariant of the fence: once the binding names an epoch, no older one works anywhere it is
  /// not owed, or remembered as not fenced yet. The one of an overlap on the same server is left
  /// out, and a predecessor that has no name any more.
  ///
  /// @return the logins that break it
  private Set<String> unfenced(World world, Set<String> seen) {
    var unfenced = new TreeSet<String>();
    if (world.secret().isEmpty() || !world.searched()) return unfenced;
    var secret = world.secret().get();
    var owed = new ArrayList<>(secret.debts());
    owed.addAll(world.memory().debts());
    for (var r : world.memory().retained())
      if (r.running().isEmpty())
        owed.add(new Debt(r.attachment(), r.until(), "", "not proven yet"));
    world
        .instances()
        .forEach(
            (name, instance) -> {
              if (unknown(world, seen, name) || overlaps(world, name)) return;
              if (instance.standby()) return;
              instance
                  .logins()
                  .forEach(
                      (login, l) -> {
                        boolean older =
                            l.known()
                                && (l.open() || l.used())
                                && (l.epoch() < secret.active().epoch()
                                    || !l.uid().equals(world.spec().uid()));
                        if (older && owed.stream().noneMatch(d -> of(world, d, name, login)))
                          unfenced.add(name + "/" + login);
                      });
            });
    return unfenced;
  }

  /// Whether no server that the service was ever attached to leads to an instance,
  /// or nobody ever looked at it, or a copy was promoted in its place and nobody can ask it.
  private boolean unknown(World world, Set<String> seen, String instance) {
    if (!seen.contains(instance)) return true;
    if (world.namesOf(instance).isEmpty() && world.instances().containsKey(instance + "x"))
      return false;
    boolean predecessor = !world.namesOf(instance + "2").isEmpty();
    if (predecessor && world.namesOf(instance).stream().noneMatch(n -> world.name(n).answers()))
      return true;
    var facts = WorldFacts.recorded(world, policy);
    return Places.known(facts).stream()
        .filter(p -> facts.intent().filter(i -> p.equals(i.place())).isEmpty())
        .noneMatch(p -> world.name(p.server()).instance().equals(instance));
  }

  private static boolean overlaps(World world, String instance) {
    var active = world.secret().orElseThrow().active();
    return world.name(active.server()).instance().equals(instance);
  }

  /// A server in whose place another one was accepted has no name any more.
  private static boolean of(World world, Debt debt, String instance, String login) {
    var lineage = Objects.requireNonNull(world.instances().get(instance)).lineage();
    boolean replaced =
        world.namesOf(instance).isEmpty() && debt.attachment().serverId().equals(lineage);
    return debt.attachment().login().equals(login)
        && (replaced || world.name(debt.server()).instance().equals(instance));
  }

  /// A late creation has no version to be guarded by: what it brings to a service that has gone is
  /// taken away again, by the operator or with its owner.
  private void whatIsPublishedWorks(World was, World world, String path) {
    if (world.secret().isEmpty() || !world.searched()) return;
    if (was.held().isPresent() && world.spec().life() != Life.Attached) return;
    Attachment active = world.secret().get().active();
    boolean cut =
        was.secret().filter(s -> s.active().epoch() >= active.epoch()).isEmpty()
            && was.memory() == world.memory();
    if (!cut) return;
    assertThat(world.works(active)).as(() -> path + "\n" + world).isTrue();
    if (!world.spec().givesNothing()) return;
    boolean restored = was.memory().active().filter(a -> a.attachment().same(active)).isPresent();
    var login = world.at(active.server()).find(active.login()).orElseThrow();
    assertThat(restored || was.name(active.server()).mood() != Mood.Closed)
        .as(() -> "published where the namespace is not admitted: " + path + "\n" + world)
        .isTrue();
    assertThat(restored || login.granted())
        .as(() -> "published without its grants: " + path + "\n" + world)
        .isTrue();
    assertThat(restored ? Set.of() : open(world))
        .as(() -> "published while an older login lets in: " + path + "\n" + world)
        .isEmpty();
  }

  /// Older logins that let in, on servers that were seen and take writes: those are fenced before
  /// another credential is published, be they owed or not.
  private Set<String> open(World world) {
    var open = new TreeSet<String>();
    var looked =
        Places.known(WorldFacts.recorded(world, policy)).stream().map(Place::server).toList();
    world
        .instances()
        .forEach(
            (name, instance) -> {
              boolean asked =
                  world.namesOf(name).stream()
                      .anyMatch(n -> world.name(n).answers() && looked.contains(n));
              if (!asked || instance.standby() || unknown(world, world.seen(), name)) return;
              if (overlaps(world, name)) return;
              instance
                  .logins()
                  .forEach(
                      (login, l) -> {
                        if (l.known() && l.open()) open.add(name + "/" + login);
                      });
            });
    return open;
  }

  /// A typo must not send anybody to empty tables, whatever was put back; a physical copy has what
  /// its original had.
  private static void nothingMovesWithoutAPreflight(World was, World world, String path) {
    if (was.secret().isEmpty() || world.secret().isEmpty() || was.held().isPresent()) return;
    var from = was.name(was.secret().get().active().server());
    var active = world.secret().get().active();
    boolean moved = !from.instance().equals(world.name(active.server()).instance());
    boolean copy = was.secret().get().active().serverId().equals(active.serverId());
    boolean prepared = was.memory().swap() instanceof Swap.Cut(var m, _) && m.to().same(active);
    if (was.memory().swap() instanceof Swap.Cut(var m, _)
        && !m.overlaps()
        && moved
        && from.answers()
        && was.at(m.from().server()).lineage().equals(m.from().serverId())
        && takesWrites(was, from.instance())) {
      assertThat(m.compared())
          .as(() -> "moved without a comparison: " + path + "\n" + world)
          .isTrue();
      assertThat(copy && !world.at(active.server()).standby())
          .as(() -> "moved to a copy while the original takes writes: " + path + "\n" + world)
          .isFalse();
    }
    if (moved && !prepared && !copy)
      assertThat(world.name(active.server()).mood())
          .as(() -> "moved to empty tables: " + path + "\n" + world)
          .isNotEqualTo(World.Mood.Empty);
  }

  private static boolean takesWrites(World world, String instance) {
    return !Objects.requireNonNull(world.instances().get(instance)).standby();
  }

  /// What a world comes to when nothing happens any more, and when everything is well again.
  void holdAtRest(World world, String path) {
    stands(world, path);
    converges(world, path);
  }

  /// While the facts stand still, writing ends, and what can be done is done.
  private void stands(World world, String path) {
    var rest = settled(world);
    tellsTheTruth(rest, path);
    var later = rest.late(true).at(rest.now().plus(Duration.ofHours(1)));
    var after = later.reconciled(-1, policy).getLast();
    assertThat(after.at(rest.now()).late(true))
        .as(() -> "writes for ever: " + path)
        .isEqualTo(rest.late(true));
    if (world.secret().isPresent() && rest.secret().isPresent() && reaches(rest))
      assertThat(List.of(rest.pods().epoch(), rest.pods().path()))
          .as(() -> "pods are left with an older binding: " + path + "\n" + rest)
          .isEqualTo(
              List.of(
                  rest.secret().get().active().epoch(), rest.secret().get().shape().mountPath()));
    if (rest.memory().swap() instanceof Swap.Overlap(var m, _, _) && able(rest))
      for (var login : rest.at(m.to().server()).logins().values())
        assertThat(login.open() && login.access().compareTo(rest.spec().access()) > 0)
            .as(() -> "an older login holds more than is asked for: " + path + "\n" + rest)
            .isFalse();
    if (able(rest) && (rest.spec().givesNothing() || handed(rest)))
      assertThat(rest.secret().orElseThrow().active().server())
          .as(() -> "an edit that could be taken is not: " + path + "\n" + rest)
          .isEqualTo(rest.spec().server());
  }

  /// No condition claims what is not so.
  private void tellsTheTruth(World world, String path) {
    if (world.spec().life() == Life.Gone) return;
    var pass = world.pass(WorldFacts.of(world, policy), -1);
    var report = Reporter.report(null, pass.aftermath(world.now()), world.now());
    var after = pass.worlds().getLast();
    for (var c : Objects.requireNonNull(report.status().conditions()))
      if (c.status() == Condition.Status.True)
        assertThat(isSo(after, c.type()))
            .as(() -> "%s is not so: %s%n%s".formatted(c, path, after))
            .isTrue();
  }

  private boolean isSo(World world, String condition) {
    var active = world.memory().active().map(Memory.Active::attachment);
    return switch (condition) {
      case "Fenced" ->
          world.spec().givesNothing()
              ? open(world, active.map(Attachment::epoch).orElse(Long.MAX_VALUE)).isEmpty()
              : active.map(Attachment::epoch).orElse(world.memory().greatestEpoch() + 1) <= 1;
      case "Published" -> world.secret().isPresent();
      case "RolledOut" ->
          world.pods().rolled()
              && active.filter(a -> a.epoch() == world.pods().epoch()).isPresent();
      case "Ready" ->
          active.filter(a -> a.server().equals(world.spec().server())).isPresent()
              && world.spec().sound();
      default -> true;
    };
  }

  /// Published logins before an epoch that let anybody in, on servers that have a name. The
  /// predecessor of a promoted copy is told of as long as its logins are retained; a copy, a login
  /// of an earlier object of the same name, and one that a backup knows nothing of are told of when
  /// the server can be asked.
  private Set<String> open(World world, long epoch) {
    var open = new TreeSet<String>();
    var remembered = Places.remembered(WorldFacts.recorded(world, policy));
    world
        .instances()
        .forEach(
            (name, instance) -> {
              boolean predecessor = world.instances().containsKey(name + "2");
              var names = world.namesOf(name);
              boolean asked = names.stream().anyMatch(n -> asked(world.name(n)));
              if (names.isEmpty() || predecessor || name.endsWith("2") && !asked) return;
              instance
                  .logins()
                  .forEach(
                      (login, l) -> {
                        boolean own = l.uid().equals(world.spec().uid());
                        boolean older = !own || l.epoch() < epoch;
                        boolean spoken =
                            own
                                && l.epoch() <= world.memory().greatestEpoch()
                                && remembered.stream().anyMatch(p -> names.contains(p.server()));
                        boolean told = asked || spoken;
                        if (l.open() && l.known() && older && told) open.add(name + "/" + login);
                      });
            });
    return open;
  }

  private static boolean asked(World.Name name) {
    return name.answers() && name.mood() != Mood.Closed;
  }

  /// Whether the workload is to hold what is published and believed, and can be written. A refused
  /// edit that comes together with the loss of the Secret leaves its mount path unknown.
  private boolean reaches(World w) {
    return w.spec().life() == Life.Attached
        && (w.spec().sound() || w.pods().epoch() != w.secret().orElseThrow().active().epoch())
        && !w.memory().swap().underWay()
        && w.grip() == Grip.Free
        && Bindings.believed(WorldFacts.of(w, policy)).isPresent()
        && !Bindings.replayed(WorldFacts.of(w, policy));
  }

  /// Whether nothing stands in the way of being attached as asked.
  private boolean able(World w) {
    if (w.secret().isEmpty() || w.grip() != Grip.Free || !w.spec().sound()) return false;
    if (w.spec().life() != Life.Attached || !reachable(w, w.spec().server())) return false;
    if (w.memory().swap() instanceof Swap.Aborted(var m, _, _, _) && m.attempts() > 2) return false;
    // it failed, and waits for a motion on its server until somebody asks for another try
    if (w.memory().swap() instanceof Swap.Prepare(var m, _) && m.postponed().isPresent())
      return false;
    if (Bindings.replayed(WorldFacts.of(w, policy))) return false;
    var active = w.secret().get().active().server();
    if (diverged(w, active, w.spec().server())) return false;
    if (w.name(active).answers()
        && !w.at(active).lineage().equals(w.secret().get().active().serverId()))
      return policy.ifUnreachable() == IfUnreachable.Proceed;
    return switch (w.name(active).mood()) {
      case Well, Empty, Taken, Partial, Closed -> true;
      case Down -> policy.ifUnreachable() == IfUnreachable.Proceed;
      case Refusing, Stuck -> policy.ifNotDrained() == IfNotDrained.Proceed;
    };
  }

  private static boolean handed(World w) {
    return !w.spec().given().equals(World.MISSING);
  }

  private static boolean reachable(World w, String name) {
    var n = w.name(name);
    if (!w.spec().givesNothing()) return n.mood() == Mood.Well;
    var lineage = w.at(name).lineage();
    return n.mood() == Mood.Well
        && !w.at(name).standby()
        && (lineage.equals(n.lineage()) || lineage.equals(n.accepted()));
  }

  private static boolean diverged(World w, String one, String other) {
    return w.at(one).lineage().equals(w.at(other).lineage())
        && !w.name(one).instance().equals(w.name(other).instance());
  }

  /// When everything is well again and nobody edits, it comes to rest where it was asked to.
  private void converges(World world, String path) {
    var rest = forgiven(settled(healed(world)));
    if (rest.spec().life() != Life.Gone)
      assertThat(rest.memory().debts()).as(() -> "debts are left: " + path + "\n" + rest).isEmpty();
    if (rest.spec().life() != Life.Attached) {
      assertThat(rest.secret()).as(() -> "the Secret is left: " + path + "\n" + rest).isEmpty();
      if (rest.searched()) onlyOpen(rest, "", path);
      if (world.spec().life() == Life.Deleting)
        assertThat(rest.spec().life())
            .as(() -> "it is never gone: " + path + "\n" + rest)
            .isEqualTo(Life.Gone);
      return;
    }
    var active =
        rest.secret()
            .orElseThrow(() -> new AssertionError("there is no Secret: " + path + "\n" + rest))
            .active();
    assertThat(active.server())
        .as(() -> "not where it was asked to be: " + path + "\n" + rest)
        .isEqualTo(rest.spec().server());
    assertThat(rest.works(active))
        .as(() -> "the published login does not let in: " + path + "\n" + rest)
        .isTrue();
    assertThat(rest.secret().get().debts())
        .as(() -> "the Secret keeps debts: " + path + "\n" + rest)
        .isEmpty();
    assertThat(rest.pods().epoch())
        .as(() -> "pods do not follow: " + path + "\n" + rest)
        .isEqualTo(active.epoch());
    if (!rest.spec().givesNothing()) {
      assertThat(rest.secret().get().given())
          .as(() -> "what is handed over is not published: " + path + "\n" + rest)
          .isEqualTo(rest.spec().given());
      return;
    }
    assertThat(rest.at(active.server()).find(active.login()).orElseThrow().access())
        .as(() -> "another access: " + path + "\n" + rest)
        .isEqualTo(rest.spec().access());
    onlyOpen(rest, rest.name(active.server()).instance() + "/" + active.login(), path);
  }

  /// How a world gets well again, one reconcile after the other.
  List<String> told(World world) {
    var told = new ArrayList<String>();
    var now = healed(world);
    for (int i = 0; i < 20; i++) {
      var plan = Planner.plan(WorldFacts.of(now, policy), now.now());
      now = now.late(true).at(now.now().plus(Duration.ofHours(1))).reconciled(-1, policy).getLast();
      told.add("healing: %s%n%s".formatted(plan.actions(), now));
    }
    return told;
  }

  /// Which logins let anybody in; a predecessor without a name, and what a deleted service
  /// owes, are left out.
  private static void onlyOpen(World rest, String expected, String path) {
    rest.instances()
        .forEach(
            (name, instance) -> {
              if (rest.namesOf(name).isEmpty()) return;
              instance
                  .logins()
                  .forEach(
                      (login, l) -> {
                        boolean owed =
                            rest.page().stream()
                                .anyMatch(d -> d.attachment().login().equals(login));
                        if (l.open() && l.known() && !owed)
                          assertThat(name + "/" + login)
                              .as(() -> "an older login lets in: " + path + "\n" + rest)
                              .isEqualTo(expected);
                      });
            });
  }

  /// Everything is well again: servers, sessions, Secret, spec; strangers are accepted.
  private static World healed(World world) {
    var healed = world.holding(Optional.empty());
    if (healed.grip() != Grip.Free) healed = healed.gripped(Grip.Free);
    healed = healed.asking(healed.spec().sound(true).retrying("healed"));
    if (!handed(healed)) healed = healed.asking(healed.spec().handing("1"));
    for (var instance : List.copyOf(healed.instances().keySet()))
      healed =
          healed.with(
              instance, Objects.requireNonNull(healed.instances().get(instance)).standby(false));
    var shared = healed.name("a").instance();
    healed = healed.named("c", n -> n.leadingTo(shared));
    for (var name : List.copyOf(healed.names().keySet())) {
      var lineage = healed.at(name).lineage();
      healed =
          healed.named(
              name,
              n ->
                  lineage.equals(n.lineage())
                      ? n.in(Mood.Well)
                      : n.in(Mood.Well).accepting(lineage));
    }
    for (var instance : List.copyOf(healed.instances().keySet()))
      for (var login : World.LOGINS.all()) healed = healed.hungUp(instance, login);
    return healed;
  }

  /// What is owed by servers that have no name any more is forgiven, one after the other.
  private World forgiven(World world) {
    var now = world;
    if (now.memory().swap() instanceof Swap.Fence(var m))
      now = settled(now.named(m.from().server(), n -> n.forgiving(m.from().serverId())));
    for (int i = 0; i < 6 && !now.memory().debts().isEmpty(); i++) {
      var debt = now.memory().debts().getFirst();
      var running = debt.running();
      boolean here = now.at(debt.server()).lineage().equals(debt.attachment().serverId());
      var said = here ? Debts.process(debt.attachment(), running) : debt.attachment().serverId();
      now = settled(now.named(debt.server(), n -> n.forgiving(said)));
    }
    return now;
  }

  /// An hour passes between two reconciles, until nothing changes any more; the pods roll.
  World settled(World world) {
    var now = world;
    int calm = 0;
    for (int i = 0; i < PATIENCE && calm < CALM; i++) {
      var before = now;
      var next = now.late(true).at(now.now().plus(Duration.ofHours(1))).reconciled(-1, policy);
      now = next.getLast();
      now = now.running(now.pods().rolledOut());
      calm = now.at(before.now()).late(true).equals(before.late(true)) ? calm + 1 : 0;
    }
    return now.late(false);
  }
}
