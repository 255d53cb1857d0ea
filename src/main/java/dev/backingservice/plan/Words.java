package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Names;
import dev.backingservice.model.Standing;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Word;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What shall hold for each login on each server, derived from the state of the swap and
/// nothing else.
final class Words {
  private final Map<String, Map<String, Action.Desired>> byServer = new LinkedHashMap<>();
  private final Facts facts;
  private final Swap swap;

  private Words(Facts facts, Swap swap) {
    this.facts = facts;
    this.swap = swap;
  }

  /// The words of one server that do not hold yet.
  static List<Action> toMakeOn(String server, Facts f, Swap swap, Instant now) {
    return actions(of(f, swap, now).missing().getOrDefault(server, List.of()), server, server);
  }

  /// The words that do not hold yet, on servers that can be asked; the active server first.
  static List<Action> toMake(Facts f, Swap swap, Instant now) {
    var active = f.active().map(Attachment::server).orElse("");
    return of(f, swap, now).missing().entrySet().stream()
        .flatMap(e -> actions(e.getValue(), e.getKey(), active).stream())
        .toList();
  }

  /// A login that shall not work is fenced: locking it leaves its sessions writing.
  private static List<Action> actions(
      List<Action.Desired> missing, String server, String foremost) {
    var actions = new ArrayList<Action>();
    var others = new ArrayList<Action.Desired>();
    for (var desired : missing)
      if (desired.word() == Word.Locked) actions.add(new Action.Settle(desired.attachment()));
      else others.add(desired);
    if (!others.isEmpty())
      actions.add(
          server.equals(foremost)
              ? new Action.Ensure(server, others)
              : new Action.Tidy(server, others));
    return actions;
  }

  private static Words of(Facts f, Swap swap, Instant now) {
    var words = new Words(f, swap);
    f.active().ifPresent(a -> words.say(a, words.active(a)));
    swap.lastMotion().ifPresent(m -> words.target(m));
    for (var r : f.memory().retained()) words.say(r.attachment(), words.retained(r, now));
    f.active().ifPresent(a -> words.otherSlot(a));
    return words;
  }

  private Word active(Attachment active) {
    boolean fencing = swap instanceof Swap.Fence || swap instanceof Swap.Cut;
    boolean away =
        swap.lastMotion()
            .filter(m -> m.kind() == Motion.Kind.Swap && m.from().equals(active))
            .isPresent();
    return fencing && away ? Word.Locked : Word.Active;
  }

  private void target(Motion m) {
    switch (swap) {
      case Swap.Prepare _, Swap.Fence _, Swap.Cut _ -> {
        say(m.to(), Word.Prepared);
        if (m.kind() == Motion.Kind.Swap) otherSlot(m.to());
      }
      case Swap.Aborting _, Swap.Aborted _ -> say(m.to(), Word.Absent);
      case Swap.Settled _, Swap.Roll _, Swap.Verify _, Swap.Retire _ -> {}
    }
  }

  /// After a re-point both logins work until everybody has moved.
  private Word retained(Memory.Retained retained, Instant now) {
    boolean moving = swap instanceof Swap.Roll || swap instanceof Swap.Verify;
    boolean shared =
        swap.lastMotion()
            .filter(m -> m.kind() == Motion.Kind.Repoint && m.from().equals(retained.attachment()))
            .isPresent();
    if (moving && shared) return Word.Active;
    return now.isBefore(retained.until()) ? Word.Locked : Word.Absent;
  }

  /// A copy brings our roles with it: a slot there that nobody speaks of is locked.
  private void otherSlot(Attachment at) {
    var slot = Names.Slot.besides(at.login());
    var login = Names.login(facts.service().instance(), facts.service().id(), slot);
    boolean there =
        facts
            .server(at.server())
            .flatMap(ServerFact::answer)
            .filter(a -> a.standing().logins().containsKey(login))
            .filter(a -> a.standing().of(login) != Holds.Foreign)
            .isPresent();
    if (there) say(new Attachment(at.place(), at.serverId(), login, at.epoch()), Word.Locked);
  }

  /// The first to speak of a login decides.
  private void say(Attachment attachment, Word word) {
    byServer
        .computeIfAbsent(attachment.server(), _ -> new LinkedHashMap<>())
        .putIfAbsent(attachment.login(), new Action.Desired(attachment, word));
  }

  private Map<String, List<Action.Desired>> missing() {
    var missing = new LinkedHashMap<String, List<Action.Desired>>();
    byServer.forEach(
        (server, logins) -> {
          var todo = logins.values().stream().filter(d -> !holds(server, d)).toList();
          if (!todo.isEmpty()) missing.put(server, todo);
        });
    return missing;
  }

  /// Whether a word holds, or cannot be made to hold now.
  private boolean holds(String server, Action.Desired desired) {
    var answer = facts.server(server).flatMap(ServerFact::answer);
    if (answer.isEmpty() || !answer.get().identity().writable()) return true;
    if (!desired.word().works() && liveElsewhere(server, desired)) return true;
    var login = answer.get().standing().logins().get(desired.attachment().login());
    if (login == null) return !desired.word().works();
    return switch (desired.word()) {
      case Active -> works(login, desired) && !turnedAway(desired);
      case Prepared -> works(login, desired);
      case Locked -> login.holds() == Holds.Locked;
      case Absent -> login.holds() == Holds.Foreign;
    };
  }

  /// The live login, seen under another name of its server.
  private boolean liveElsewhere(String server, Action.Desired desired) {
    return facts
        .active()
        .filter(a -> !a.server().equals(server))
        .filter(a -> a.login().equals(desired.attachment().login()))
        .filter(_ -> Moves.live(facts, server))
        .isPresent();
  }

  private static boolean works(Standing.Login login, Action.Desired desired) {
    return login.holds() == Holds.Works && login.epoch() == desired.attachment().epoch();
  }

  private boolean turnedAway(Action.Desired desired) {
    return facts.login().filter(Facts.Login.TurnedAway.class::isInstance).isPresent()
        && facts.active().filter(desired.attachment()::equals).isPresent();
  }
}
