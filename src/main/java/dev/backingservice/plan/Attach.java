package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The first attachment, the one after a detachment, and the one after an older state was put back:
/// a motion without an old server. Nothing of it needs to be recorded before, because every
/// repetition makes the same login with the same password.
final class Attach {
  private static final Duration SLICE = Duration.ofSeconds(2);

  private Attach() {}

  /// @param place where to
  static Plan plan(Facts f, Intent intent, Place place, Instant now) {
    var swap = new Swap.Settled();
    var refusal = refusal(f, place).or(() -> unasked(f));
    if (refusal.isPresent())
      return new Plan(f, f.memory().swap(), Upkeep.actions(f, swap, now), refusal);

    var to = next(f, intent, place);
    var requested = place.equals(intent.place()) ? place : f.requested().orElse(place);
    boolean first = !f.attachedBefore();
    var actions = new ArrayList<Action>(Debts.settle(f));
    actions.addAll(fences(f, to));
    if (first && intent.createDatabase() == Intent.CreateDatabase.IfMissing)
      actions.add(new Action.CreateMissing(place));
    if (!f.given())
      actions.add(
          new Action.Ensure(to.server(), List.of(new Action.Desired(to, LoginState.Prepared, 0))));
    actions.add(new Action.Knock(to));
    if (!f.service().marked()) actions.add(new Action.MarkAttached());
    actions.add(
        new Action.Publish(
            to, requested, owed(f, to, now), f.published().guard(), Optional.empty()));
    if (!Start.unlike(f))
      for (var workload : f.workloads())
        if (workload.chosen().isPresent() && workload.problem().isEmpty())
          actions.add(new Action.Project(workload, to.epoch()));
    return new Plan(f, swap, actions, Optional.empty());
  }

  /// What is owed from now on: the fence of a credential whose server cannot be asked, too.
  private static List<Debt> owed(Facts f, Attachment to, Instant now) {
    var debts = new ArrayList<>(f.debts());
    if (!f.fences()) return debts;
    f.active()
        .filter(a -> !a.server().equals(to.server()))
        .filter(a -> f.answer(a.server()).isEmpty())
        .ifPresent(
            a -> Debts.owe(debts, new Debt(a, now, Debts.running(f, a), Debts.unanswered(a))));
    return debts;
  }

  private static Optional<Failure> refusal(Facts f, Place place) {
    var server = f.server(place.server());
    if (server.isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the server has not been looked at yet"));
    if (f.service().namespaceUid().isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the namespace has not been seen yet"));
    var refusal =
        server
            .get()
            .consent()
            .or(() -> f.service().given().problem())
            .or(() -> server.get().trouble());
    // what is attached already stays so, whatever was found later
    return f.active().isPresent() ? refusal : refusal.or(() -> server.get().posture());
  }

  /// A restored service may have a login anywhere: every server that admits it is asked first.
  private static Optional<Failure> unasked(Facts f) {
    boolean known = f.active().isPresent() || f.memory().unasked().isEmpty();
    if (known && !f.forgotten()) return Optional.empty();
    return Unasked.of(f).stream()
        .filter(name -> f.answer(name).isEmpty())
        .findFirst()
        .map(
            name ->
                new Failure(
                    Reason.Pending,
                    "this service was attached before, and %s has to be asked for its login first, but cannot be: heal it; a server that is stopped for good is annotated backingservice.dev/gone by the platform team"
                        .formatted(name)));
  }

  /// Every other login of this service that is not known to be fenced, wherever it is; after a
  /// loss of memory, those that seem to be as well.
  ///
  /// The marks say that every credential so far is over, not which one follows: a fence that has
  /// to be repeated asks for no new epoch each time.
  private static List<Action> fences(Facts f, Attachment to) {
    var byServer = new TreeMap<String, List<Attachment>>();
    var named = new HashSet<List<String>>();
    for (var found : FoundLogins.on(f, to.place()))
      if (f.takesWrites(found.server()) && other(f, found, to) && named.add(account(f, found)))
        byServer.computeIfAbsent(found.server(), _ -> new ArrayList<>()).add(found.attachment());
    return byServer.entrySet().stream()
        .<Action>map(e -> new Action.Fence(e.getKey(), e.getValue(), to.epoch() - 1, SLICE))
        .toList();
  }

  /// One running server may have two names.
  private static List<String> account(Facts f, FoundLogins found) {
    var instance = Promotions.instance(f, found.server()).orElse(found.server());
    return List.of(instance, found.attachment().login());
  }

  private static boolean other(Facts f, FoundLogins found, Attachment to) {
    boolean own =
        found.attachment().login().equals(to.login())
            && Promotions.oneInstance(f, found.server(), to.server());
    return !own && (!found.login().fenced() || f.forgotten());
  }

  private static Attachment next(Facts f, Intent intent, Place place) {
    var answer = f.answer(place.server());
    var serverId = answer.map(a -> a.identity().serverId()).orElse("");
    var last = last(f, place).orElse(f.service().logins().b());
    var login = f.service().logins().besides(last);
    return new Attachment(place, serverId, login, intent.access(), epoch(f, place, login));
  }

  /// The login used last, as remembered; a forgotten one as the server has it.
  private static Optional<String> last(Facts f, Place place) {
    var active = f.active().map(Attachment::login);
    if (active.isPresent()) return active;
    var remembered = f.memory().retained().stream().map(r -> r.attachment().login()).findFirst();
    if (remembered.isPresent() || !f.forgotten()) return remembered;
    return f.answer(place.server()).stream()
        .flatMap(a -> a.standing().logins().entrySet().stream())
        .filter(e -> e.getValue().holds() != Holds.Foreign)
        .max(Map.Entry.comparingByValue(Comparator.comparingLong(Standing.Login::greatestEpoch)))
        .map(
            e ->
                begun(f, place, e.getValue())
                    ? f.service().logins().besides(e.getKey())
                    : e.getKey());
  }

  /// Whether a login was made by this very attachment of a forgotten service, which went no further
  /// or was forgotten as well: every one before it was fenced for it.
  private static boolean begun(Facts f, Place place, Standing.Login login) {
    return same(f, place, login)
        && f.servers().values().stream()
            .flatMap(s -> s.answer().stream())
            .flatMap(a -> a.standing().logins().values().stream())
            .filter(l -> l.uid().equals(login.uid()))
            .anyMatch(l -> l.superseded() > 0 && l.superseded() == login.epoch() - 1);
  }

  /// Whether the credential of this epoch is the one that this place would be given: nothing
  /// supersedes it, and its password is for the same name of the server.
  private static boolean same(Facts f, Place place, Standing.Login login) {
    return login.superseded() == 0
        && login.uid().equals(f.service().id().uid())
        && login.server().equals(place.server());
  }

  /// A login that was made for the next epoch here and never superseded keeps it: a publication
  /// that is refused again and again asks for one epoch only.
  private static long epoch(Facts f, Place place, String login) {
    // of what was given before, nobody remembers anything
    long next = Math.max(f.greatestEpoch() + 1, f.given() && f.forgotten() ? 2 : 1);
    return f.answer(place.server())
        .flatMap(a -> a.standing().find(login))
        .filter(l -> same(f, place, l))
        .filter(l -> l.epoch() == next - 1 && l.epoch() > 0)
        .map(Standing.Login::epoch)
        .orElse(next);
  }
}
