package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.BindingShape;
import dev.backingservice.model.Failure;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.plan.Outcome.Result;
import dev.backingservice.plan.World.Grip;
import dev.backingservice.plan.World.Instance;
import dev.backingservice.plan.World.Login;
import dev.backingservice.plan.World.Mood;
import dev.backingservice.plan.World.Pods;
import dev.backingservice.plan.World.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What actions do to a world.
///
/// @param path where the binding was mounted when the plan was made
record WorldActs(World w, String path) {

  private static final Duration CERTIFICATE = Duration.ofDays(90);

  static WorldActs of(World w, Facts planned) {
    return new WorldActs(w, planned.shape().map(BindingShape::mountPath).orElse(""));
  }

  record Done(World world, Result result) {}

  Done act(Action action) {
    return switch (action) {
      case Action.Ensure(var server, var logins) -> ensure(server, logins);
      case Action.Tidy(var server, var logins) -> ensure(server, logins);
      case Action.Knock(var at) -> new Done(w, knock(at));
      case Action.Fence(var server, var logins, long by, _) -> fence(server, logins, by);
      case Action.Settle(var server, var at, long by) -> fence(server, List.of(at), by);
      case Action.Publish p ->
          publish(
              new Secret(
                  p.attachment(),
                  p.requested(),
                  WorldFacts.shape(w),
                  w.spec().given(),
                  0,
                  p.debts(),
                  0),
              p.guard(),
              new Result.Written(w.now().plus(CERTIFICATE)));
      case Action.Amend p -> amend(p);
      case Action.Unpublish _ ->
          new Done(w.grip() == Grip.Foreign ? w : w.having(Optional.empty()), new Result.Done());
      case Action.Project(_, long epoch) -> done(w.running(new Pods(epoch, path, rolled(epoch))));
      case Action.Withdraw _ -> done(w.running(new Pods(0, "", true)));
      case Action.HandOver(var debts) ->
          w.grip() == Grip.Refused
              ? new Done(
                  w,
                  new Result.Failed(new Failure(Reason.OldServerUnreachable, "the page is full")))
              : done(w.owing(debts));
      case Action.MarkAttached _ -> done(w.asking(w.spec().attachedOnce()));
      case Action.CreateMissing _, Action.CreateGroups _ -> done(w);
      case Action.Owe _, Action.Drop _, Action.CatchUp _ -> done(w);
    };
  }

  private static Done done(World world) {
    return new Done(world, new Result.Done());
  }

  private boolean rolled(long epoch) {
    return w.pods().rolled() && w.pods().epoch() == epoch;
  }

  private Done ensure(String name, List<Action.Desired> desired) {
    if (!w.spec().givesNothing()) throw new AssertionError("makes accounts on " + name);
    var mood = w.name(name).mood();
    if (mood == Mood.Down) return new Done(w, new Result.Silent(failure(name)));
    if (mood == Mood.Refusing) return new Done(w, new Result.Failed(failure(name)));
    if (w.at(name).standby()) return new Done(w, new Result.Failed(readOnly(name)));
    var server = w.at(name);
    var instance = w.name(name).instance();
    for (var d : desired) {
      boolean lacks = mood == Mood.Partial && d.state().letsIn();
      var ensured = lacks && !had(server, d) ? Optional.of(server) : ensured(server, d, mood);
      if (ensured.isEmpty())
        return new Done(
            w.with(instance, server),
            new Result.Failed(new Failure(Reason.LoginRefused, "superseded")));
      server = ensured.get();
      if (lacks)
        return new Done(
            w.with(instance, server),
            new Result.Failed(new Failure(Reason.PrivilegesIncomplete, "not granted")));
    }
    return done(w.with(instance, server));
  }

  /// Whether it is given no more than it had.
  private boolean had(Instance server, Action.Desired d) {
    var at = d.attachment();
    return server
        .find(at.login())
        .filter(l -> is(l, at) && at.access().compareTo(l.access()) <= 0)
        .isPresent();
  }

  /// Empty when the login was superseded by a later epoch, or its sessions do not end.
  private Optional<Instance> ensured(Instance server, Action.Desired d, Mood mood) {
    var at = d.attachment();
    var was = server.find(at.login());
    boolean stuck = mood == Mood.Stuck;
    boolean anew = d.state().letsIn() && was.filter(l -> is(l, at)).isEmpty();
    if (anew && mood == Mood.Taken) return Optional.empty();
    return switch (d.state()) {
      case Active, Prepared -> opened(server, d, was, mood);
      case Locked ->
          Optional.of(was.map(l -> server.with(at.login(), locked(l, d))).orElse(server));
      case Absent ->
          was.filter(l -> l.used() && stuck).isPresent()
              ? Optional.empty()
              : Optional.of(server.without(at.login()));
    };
  }

  private boolean is(Login login, Attachment at) {
    return login.is(w.spec().uid(), at.epoch());
  }

  private static Login locked(Login l, Action.Desired d) {
    long by = Math.max(l.superseded(), Math.max(d.superseding(), l.epoch()));
    return new Login(
        l.uid(), l.epoch(), l.server(), by, l.access(), false, l.used(), l.known(), l.granted());
  }

  private Optional<Instance> opened(
      Instance server, Action.Desired d, Optional<Login> was, Mood mood) {
    var at = d.attachment();
    long by = was.map(Login::superseded).orElse(0L);
    boolean successor =
        at.epoch() > by || (at.epoch() == by && was.filter(l -> l.epoch() < by).isPresent());
    if (by != 0 && by != d.superseding() && !successor) return Optional.empty();
    boolean same = was.filter(l -> is(l, at)).isPresent();
    boolean used = was.filter(Login::used).isPresent();
    boolean known = was.filter(Login::known).isPresent();
    boolean narrowed = had(server, d);
    if (used && !same && mood == Mood.Stuck) return Optional.empty();
    return Optional.of(
        server.with(
            at.login(),
            new Login(
                w.spec().uid(),
                at.epoch(),
                at.server(),
                0,
                at.access(),
                true,
                used && same,
                same && known,
                mood != Mood.Partial || narrowed && was.orElseThrow().granted())));
  }

  private Result knock(Attachment at) {
    if (w.name(at.server()).mood() == Mood.Down) return new Result.Silent(failure(at.server()));
    if (!w.works(at)) return new Result.Failed(new Failure(Reason.LoginRefused, "refused"));
    if (!w.spec().givesNothing())
      return w.name(at.server()).mood() == Mood.Refusing
          ? new Result.Failed(new Failure(Reason.ProtocolMismatch, "no TLS"))
          : new Result.LetIn(OptionalInt.empty());
    boolean writes = at.access() != Access.ReadOnly;
    return writes && w.at(at.server()).standby()
        ? new Result.Failed(readOnly(at.server()))
        : new Result.LetIn(OptionalInt.of(1));
  }

  private Done fence(String name, List<Attachment> logins, long by) {
    if (!w.spec().givesNothing()) throw new AssertionError("fences accounts on " + name);
    if (w.name(name).mood() == Mood.Down)
      return new Done(w, new Result.Unanswered(failure(name), 3, Duration.ofMinutes(5)));
    if (!logins.stream().allMatch(l -> l.serverId().equals(w.at(name).lineage())))
      return w.name(name).answers()
          ? new Done(w, new Result.Stranger(failure(name)))
          : new Done(w, new Result.Failed(failure(name)));
    if (w.at(name).standby()) return severed(name, logins);
    var wanted = new ArrayList<Action.Desired>();
    for (var login : logins) wanted.add(new Action.Desired(login, LoginState.Locked, by));
    var locked = ensure(name, wanted);
    if (!(locked.result() instanceof Result.Done)) return locked;
    var world = locked.world();
    if (w.name(name).mood() == Mood.Stuck && used(world, name, logins))
      return new Done(world, new Result.Draining(1));
    return severed(world, name, logins, FenceProof.Result.Verified);
  }

  /// Nothing can be locked on a standby; sessions are ended there.
  private Done severed(String name, List<Attachment> logins) {
    return severed(w, name, logins, FenceProof.Result.ReadOnly);
  }

  private static Done severed(
      World world, String name, List<Attachment> logins, FenceProof.Result result) {
    var severed = world;
    for (var login : logins) severed = severed.hungUp(world.name(name).instance(), login.login());
    var running = WorldFacts.identity(world.name(name).instance(), world.at(name)).running();
    return new Done(
        severed, new Result.Fenced(new FenceProof(result, running, "", 0, world.now())));
  }

  private static boolean used(World world, String name, List<Attachment> logins) {
    return logins.stream()
        .anyMatch(l -> world.at(name).find(l.login()).filter(Login::used).isPresent());
  }

  private Done amend(Action.Amend p) {
    if (w.secret().isEmpty()) return done(w);
    var s = w.secret().get();
    return publish(
        new Secret(s.active(), p.requested(), s.shape(), s.given(), p.aborted(), p.debts(), 0),
        p.guard(),
        new Result.Done());
  }

  private Done publish(Secret written, String guard, Result result) {
    if (written.given().equals(World.MISSING))
      return new Done(w, new Result.Failed(new Failure(Reason.CredentialsMissing, "missing")));
    if (w.grip() == Grip.Refused && w.secret().isPresent())
      return new Done(w, new Result.Failed(new Failure(Reason.InternalError, "immutable")));
    boolean seen = guard.equals(w.secret().map(s -> "" + s.version()).orElse(""));
    if (w.grip() == Grip.Foreign || !seen)
      return new Done(w, new Result.Unclear(new Failure(Reason.Pending, "409")));
    int version = w.secret().map(Secret::version).orElse(0);
    var next =
        new Secret(
            written.active(),
            written.requested(),
            written.shape(),
            written.given(),
            written.aborted(),
            written.debts(),
            (version + 1) % World.VERSIONS);
    return new Done(known(written.active()).having(Optional.of(next)), result);
  }

  /// Whoever reads the Secret has the credential from now on.
  private World known(Attachment at) {
    var instance = w.at(at.server());
    return instance
        .find(at.login())
        .filter(l -> is(l, at))
        .map(l -> w.with(w.name(at.server()).instance(), instance.with(at.login(), l.published())))
        .orElse(w);
  }

  private static Failure readOnly(String name) {
    return new Failure(Reason.ServerReadOnly, name + " takes no writes");
  }

  private static Failure failure(String name) {
    return new Failure(Reason.ServerUnreachable, name + " does not answer");
  }
}
