package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What shall hold for each login on each server, derived from the state of the swap and from
/// what is retained, and nothing else.
final class DesiredLogins {
  /// By running server, then by login: one server may have two names.
  private final Map<String, Map<String, Spoken>> byInstance = new LinkedHashMap<>();

  /// Former logins without a proof: a look sees no session that has not begun.
  private final Set<Attachment> unproven = new HashSet<>();

  private final Facts facts;
  private final Swap swap;
  private final Instant now;

  /// @param server the name by which its server is asked
  private record Spoken(String server, Action.Desired desired) {}

  private DesiredLogins(Facts facts, Swap swap, Instant now) {
    this.facts = facts;
    this.swap = swap;
    this.now = now;
  }

  /// The states of the server that a motion goes to which do not hold yet, and the login that it
  /// prepares: that one lets somebody in does not say that it was granted all it needs.
  static List<Action> toPrepare(Attachment to, Facts f, Swap swap, Instant now) {
    if (f.given()) return List.of();
    var server = to.server();
    var missing = new ArrayList<>(of(f, swap, now).missing().getOrDefault(server, List.of()));
    if (missing.stream().noneMatch(d -> d.attachment().same(to)))
      missing.add(new Action.Desired(to, LoginState.Prepared, 0));
    return actions(missing, server, server);
  }

  /// The states of every other server that do not hold yet.
  static List<Action> toMakeBesides(String server, Facts f, Swap swap, Instant now) {
    return of(f, swap, now).missing().entrySet().stream()
        .filter(e -> !e.getKey().equals(server))
        .flatMap(e -> actions(e.getValue(), e.getKey(), server).stream())
        .toList();
  }

  /// The states that do not hold yet, on servers that can be asked; what stands for itself
  /// first, so that a refusal of the active server holds up no fence.
  static List<Action> toMake(Facts f, Swap swap, Instant now) {
    var foremost = f.active().filter(a -> !lets(f, a)).map(Attachment::server).orElse("");
    return of(f, swap, now).missing().entrySet().stream()
        .flatMap(e -> actions(e.getValue(), e.getKey(), foremost).stream())
        .sorted(Comparator.comparing(Action::independent).reversed())
        .toList();
  }

  /// Whether the credential in force lets in as it is: what is amiss with its rights holds up
  /// neither the Secret nor the workloads.
  private static boolean lets(Facts f, Attachment active) {
    return f.login().filter(Facts.Login.TurnedAway.class::isInstance).isEmpty() && f.lets(active);
  }

  /// Older credentials on servers that a motion neither leaves nor goes to: copies that were
  /// promoted.
  static List<Action> toFenceElsewhere(Facts f, Motion m) {
    var desired = new DesiredLogins(f, new Swap.Settled(), Instant.MIN);
    desired.elsewhere(m.to());
    var actions = new ArrayList<Action>();
    desired
        .missing()
        .forEach(
            (server, logins) -> {
              if (!about(f, m, server)) actions.addAll(actions(logins, server, ""));
            });
    return actions;
  }

  private static boolean about(Facts f, Motion m, String server) {
    return Promotions.oneInstance(f, server, m.from().server())
        || Promotions.oneInstance(f, server, m.to().server());
  }

  /// The same for former logins only: nothing is attached.
  static List<Action> toRetain(Facts f, Instant now) {
    var desired = new DesiredLogins(f, new Swap.Settled(), now);
    for (var r : f.memory().retained()) desired.retained(r);
    return desired.missing().entrySet().stream()
        .flatMap(e -> actions(e.getValue(), e.getKey(), "").stream())
        .toList();
  }

  /// A login that shall not work is fenced: locking it leaves its sessions writing.
  private static List<Action> actions(
      List<Action.Desired> missing, String server, String foremost) {
    var actions = new ArrayList<Action>();
    var others = new ArrayList<Action.Desired>();
    for (var desired : missing)
      if (desired.state() == LoginState.Locked)
        actions.add(new Action.Settle(server, desired.attachment(), desired.superseding()));
      else others.add(desired);
    if (!others.isEmpty())
      actions.add(
          server.equals(foremost)
              ? new Action.Ensure(server, others)
              : new Action.Tidy(server, others));
    return actions;
  }

  private static DesiredLogins of(Facts f, Swap swap, Instant now) {
    var desired = new DesiredLogins(f, swap, now);
    desired.motion();
    f.active().ifPresent(a -> desired.say(new Action.Desired(granted(f, a), LoginState.Active, 0)));
    for (var r : f.memory().retained()) desired.retained(r);
    f.active().ifPresent(desired::otherSlot);
    swap.target().filter(_ -> swap.underWay()).ifPresent(desired::otherSlot);
    f.active().ifPresent(desired::elsewhere);
    return desired;
  }

  /// The rights of the active login change in place, as far as its server admits what is asked
  /// for.
  static Attachment granted(Facts f, Attachment active) {
    if (f.server(active.server()).flatMap(ServerFact::consent).isPresent()) return active;
    return f.intent()
        .filter(i -> f.request() instanceof Facts.Request.Understood)
        .filter(i -> i.place().equals(active.place()))
        .map(Intent::access)
        .map(active::with)
        .orElse(active);
  }

  /// What the state of the swap says, as far as its motion is about what is active now.
  private void motion() {
    var active = facts.active();
    if (swap.lastMotion().filter(m -> m.concerns(active)).isEmpty()) return;
    for (var desired : swap.logins()) {
      boolean isActive = active.filter(desired.attachment()::same).isPresent();
      if (isActive && desired.state() == LoginState.Active && !swap.underWay())
        say(
            new Action.Desired(
                granted(facts, desired.attachment()), LoginState.Active, desired.superseding()));
      else if (isActive || !past(desired)) say(lowered(desired));
    }
  }

  /// An older credential that works besides the active one never holds more than is granted now;
  /// and where it was superseded, such as on a predecessor that the name leads to again, it works
  /// no more.
  private Action.Desired lowered(Action.Desired desired) {
    var at = desired.attachment();
    var active = facts.active().filter(_ -> desired.state() == LoginState.Active);
    if (active.isEmpty() || active.get().same(at)) return desired;
    if (Bindings.lockedForGood(facts, at))
      return new Action.Desired(at, LoginState.Locked, active.get().epoch());
    var access = at.access().lesser(granted(facts, active.get()).access());
    return new Action.Desired(at.with(access), desired.state(), desired.superseding());
  }

  /// What is to be locked after the cut is kept as long as it is retained, and no longer.
  private boolean past(Action.Desired desired) {
    return desired.state() == LoginState.Locked && !swap.underWay();
  }

  /// A slot that a later credential holds is spoken of by what was found there.
  private void retained(Memory.Retained r) {
    if (Debts.later(facts, r)) return;
    var state = now.isBefore(r.until()) ? LoginState.Locked : LoginState.Absent;
    if (r.running().isEmpty()) unproven.add(r.attachment());
    say(new Action.Desired(r.attachment(), state, Debts.superseding(facts)));
  }

  /// A copy brings our roles with it: a slot there that nobody speaks of is locked.
  private void otherSlot(Attachment at) {
    var login = facts.service().logins().besides(at.login());
    facts
        .answer(at.server())
        .flatMap(a -> a.standing().find(login))
        .filter(l -> l.holds() != Holds.Foreign)
        .ifPresent(
            l ->
                say(
                    new Action.Desired(
                        new Attachment(
                            at.place(), at.serverId(), login, l.access(), Math.max(1, l.epoch())),
                        LoginState.Locked,
                        at.epoch())));
  }

  /// An older credential on a server that nobody remembers, or a copy of the active one.
  private void elsewhere(Attachment active) {
    for (var found : FoundLogins.on(facts, active.place()))
      if (found.older(facts, active.epoch()) || copy(found, active))
        say(
            new Spoken(
                found.server(),
                new Action.Desired(found.attachment(), LoginState.Locked, active.epoch())));
  }

  private boolean copy(FoundLogins found, Attachment active) {
    return found.login().epoch() == active.epoch()
        && facts.answer(active.server()).isPresent()
        && !Promotions.oneInstance(facts, found.server(), active.server());
  }

  private void say(Action.Desired desired) {
    say(new Spoken(Fences.via(facts, desired.attachment()), unlocking(facts, desired)));
  }

  /// Whoever was locked by a fence that is undone, or was given up, may be let in again.
  static Action.Desired unlocking(Facts f, Action.Desired desired) {
    var at = desired.attachment();
    return desired.state() == LoginState.Active
        ? new Action.Desired(at, LoginState.Active, Bindings.undone(f, at))
        : desired;
  }

  /// The first to speak of a login decides.
  private void say(Spoken spoken) {
    var server = spoken.server();
    byInstance
        .computeIfAbsent(
            Promotions.instance(facts, server).orElse(server), _ -> new LinkedHashMap<>())
        .putIfAbsent(spoken.desired().attachment().login(), spoken);
  }

  private Map<String, List<Action.Desired>> missing() {
    var missing = new LinkedHashMap<String, List<Action.Desired>>();
    if (facts.given()) return missing;
    for (var logins : byInstance.values())
      for (var spoken : logins.values())
        if (!holds(spoken))
          missing.computeIfAbsent(spoken.server(), _ -> new ArrayList<>()).add(spoken.desired());
    return missing;
  }

  /// Whether a state holds, or cannot be made to hold now.
  private boolean holds(Spoken spoken) {
    var desired = spoken.desired();
    var at = desired.attachment();
    var answer = facts.answer(spoken.server());
    if (answer.isEmpty() || !answer.get().identity().takesWritesAs(at.serverId())) return true;
    var login = answer.get().standing().find(at.login());
    if (login.isEmpty()) return !desired.state().letsIn();
    if (!desired.state().letsIn() && Fences.takenOver(facts, login.get(), at)) return true;
    return switch (desired.state()) {
      case Active -> works(login.get(), at) && !amiss(at);
      case Prepared -> works(login.get(), at);
      case Locked -> login.get().fenced() && !unproven.contains(at);
      case Absent -> login.get().holds() == Holds.Foreign;
    };
  }

  private static boolean works(Standing.Login login, Attachment at) {
    return login.holds() == Holds.Works
        && login.epoch() == at.epoch()
        && login.access() == at.access();
  }

  /// Whether it was seen just now that it is not let in as it shall be.
  private boolean amiss(Attachment at) {
    return facts.active().filter(at::same).flatMap(_ -> facts.login()).stream()
        .anyMatch(l -> l instanceof Facts.Login.TurnedAway || l instanceof Facts.Login.Lacking);
  }
}
