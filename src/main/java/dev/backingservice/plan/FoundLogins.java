package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Debt;
import dev.backingservice.model.Intent;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The logins of a service that its servers hold, whoever remembers them.
///
/// @param attachment as its mark says
/// @param login as it stands
public record FoundLogins(Attachment attachment, Standing.Login login) {

  /// A login that works, is older than the one in force, works in no overlap and was neither
  /// fenced nor published just now. The one that a first attachment makes is none.
  public static Optional<FoundLogins> stray(Facts f) {
    return f.intent().map(Intent::place).stream()
        .flatMap(like -> strays(f, like).stream())
        .filter(found -> f.attachedBefore() || found.ofAnotherObject(f))
        .findFirst();
  }

  static List<FoundLogins> strays(Facts f, Place like) {
    long epoch = f.active().map(Attachment::epoch).orElse(Long.MAX_VALUE);
    return on(f, like).stream()
        .filter(found -> !found.login.fenced() && found.older(f, epoch))
        .filter(found -> f.outcomes().stream().noneMatch(o -> found.settledBy(f, o)))
        .filter(found -> Overlaps.open(f.memory().swap()).stream().noneMatch(found::is))
        .toList();
  }

  /// Whether it is of an earlier epoch, or of an earlier object of the same name, which counted
  /// its own.
  boolean older(Facts f, long epoch) {
    return login.epoch() < epoch || ofAnotherObject(f);
  }

  private boolean ofAnotherObject(Facts f) {
    return !login.uid().equals(f.service().id().uid());
  }

  /// Whether it was fenced, removed or published just now, by whatever name of its server.
  private boolean settledBy(Facts f, Outcome outcome) {
    return switch (outcome.action()) {
      case Action.Fence(var server, var logins, _, _) ->
          verified(outcome) && here(f, server) && logins.stream().anyMatch(this::is);
      case Action.Settle(var server, var at, _) -> verified(outcome) && here(f, server) && is(at);
      case Action.Publish(var at, _, _, _, _) -> outcome.done() && here(f, at.server()) && is(at);
      case Action.Tidy(var server, var logins) -> removed(f, outcome, server, logins);
      case Action.Ensure(var server, var logins) -> removed(f, outcome, server, logins);
      default -> false;
    };
  }

  private boolean removed(Facts f, Outcome outcome, String server, List<Action.Desired> logins) {
    return outcome.done() && here(f, server) && logins.stream().anyMatch(this::removes);
  }

  private boolean removes(Action.Desired desired) {
    return desired.state() == LoginState.Absent && is(desired.attachment());
  }

  private boolean here(Facts f, String server) {
    return Promotions.oneInstance(f, server, server());
  }

  private static boolean verified(Outcome outcome) {
    return outcome.result() instanceof Outcome.Result.Fenced(var proof)
        && proof.result() == FenceProof.Result.Verified;
  }

  /// Whether an attachment of a service is this login, be it on a copy of its server.
  private boolean is(Attachment at) {
    return at.login().equals(attachment.login())
        && at.serverId().equals(attachment.serverId())
        && at.epoch() == login.epoch();
  }

  /// Whether anybody speaks of this very credential.
  boolean remembered(Facts f) {
    var memory = f.memory();
    var swap = memory.swap().lastMotion();
    return Stream.of(
            f.active().stream(),
            swap.stream().flatMap(m -> m.left().stream()),
            swap.stream().map(Motion::to),
            memory.retained().stream().map(Memory.Retained::attachment),
            memory.debts().stream().map(Debt::attachment))
        .flatMap(s -> s)
        .anyMatch(this::is);
  }

  /// Every login that was made for the service, on every server that answered.
  ///
  /// @param like the place that they are taken to lead to, on their server
  static List<FoundLogins> on(Facts f, Place like) {
    var found = new ArrayList<FoundLogins>();
    for (var server : new TreeMap<>(f.servers()).values())
      server.answer().ifPresent(answer -> found.addAll(of(like.on(server.name()), answer)));
    return found;
  }

  private static List<FoundLogins> of(Place place, ServerFact.Sight.Answers answer) {
    return new TreeMap<>(answer.standing().logins())
        .entrySet().stream()
            .filter(e -> e.getValue().holds() != Standing.Holds.Foreign)
            .map(e -> of(place, answer.identity().serverId(), e.getKey(), e.getValue()))
            .toList();
  }

  private static FoundLogins of(Place place, String serverId, String name, Standing.Login login) {
    return new FoundLogins(
        new Attachment(place, serverId, name, login.access(), Math.max(1, login.epoch())), login);
  }

  public String server() {
    return attachment.server();
  }
}
