package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import dev.backingservice.model.Standing;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which places have to be looked at for one service.
public final class Places {
  private Places() {}

  /// Everywhere something of ours may be, and where it shall be; the active place speaks for its
  /// server.
  public static Set<Place> known(Facts f) {
    var places = remembered(f);
    var wanted = f.intent().map(Intent::place);
    wanted.ifPresent(places::add);
    wanted.flatMap(like -> prepared(f, like)).ifPresent(places::add);
    wanted.ifPresent(like -> f.memory().unasked().forEach(name -> places.add(like.on(name))));
    return places;
  }

  /// Where somebody wants to restore what the service needs.
  static Optional<Place> prepared(Facts f, Place like) {
    return Optional.of(f.service().annotations().prepare())
        .filter(server -> !server.isEmpty())
        .filter(server -> f.active().filter(a -> a.server().equals(server)).isEmpty())
        .map(like::on);
  }

  /// Where the logins are that somebody remembers: also the one of a Secret that is sealed and not
  /// in the status, such as one that was written just before a crash.
  static Set<Place> remembered(Facts f) {
    var places = new LinkedHashSet<Place>();
    f.active().ifPresent(a -> places.add(a.place()));
    if (f.published() instanceof Published.Binding b) places.add(b.active().place());
    places.addAll(remembered(f.memory()));
    return places;
  }

  /// The places that a status tells of.
  public static Set<Place> remembered(Memory memory) {
    var places = new LinkedHashSet<Place>();
    memory.active().ifPresent(a -> places.add(a.attachment().place()));
    memory.swap().lastMotion().ifPresent(m -> places.add(m.to().place()));
    memory.swap().lastMotion().ifPresent(m -> places.add(m.from().place()));
    memory.retained().forEach(r -> places.add(r.attachment().place()));
    memory.debts().forEach(d -> places.add(d.attachment().place()));
    return places;
  }

  /// Whether a server is not asked on behalf of the service: it does not admit the namespace, and
  /// nothing of the service is known to be there, or may be.
  public static boolean hidden(Facts f, String name, ServerFact.Admission admission) {
    return admission.consent().isPresent()
        && !f.leaving()
        && !f.memory().unasked().contains(name)
        && remembered(f).stream().noneMatch(p -> p.server().equals(name));
  }

  /// Whether every server that admits the namespace has to be looked at: what is recorded is
  /// not the whole truth. The status was lost, an older state was put back, or a server knows
  /// of a login that nobody remembers. Where accounts are given, no server knows of any.
  public static boolean everywhere(Facts f) {
    if (f.given()) return false;
    return f.forgotten() || lost(f) || Bindings.replayed(f) || missing(f) || stray(f);
  }

  /// Whether the Secret alone tells what is active.
  private static boolean lost(Facts f) {
    return f.memory().isBlank() && Bindings.believed(f).isPresent();
  }

  /// Whether a mark on a server knows of a credential that nobody remembers: of a later epoch, or
  /// of an earlier object of the same name that still lets in.
  private static boolean stray(Facts f) {
    long known = Math.max(f.memory().greatestEpoch(), f.active().map(Attachment::epoch).orElse(0L));
    return f.greatestOwnEpoch() > known || ofAnotherObject(f);
  }

  private static boolean ofAnotherObject(Facts f) {
    var own = f.service().id().uid();
    return f.servers().values().stream()
        .flatMap(s -> s.answer().stream())
        .flatMap(a -> a.standing().logins().values().stream())
        .anyMatch(l -> l.holds() != Standing.Holds.Foreign && !l.uid().equals(own) && !l.fenced());
  }

  /// Whether the active login is not where it should be: somebody removed it, or it was given
  /// up long ago and a backup brought it back.
  private static boolean missing(Facts f) {
    return f.active()
        .filter(
            at ->
                f.answer(at.server())
                    .filter(a -> a.identity().serverId().equals(at.serverId()))
                    .filter(a -> a.standing().find(at.login()).isEmpty())
                    .isPresent())
        .isPresent();
  }

  /// Whether a look at every server found nothing that has to be looked at again: all of them
  /// answered, and what nobody remembers is fenced.
  public static boolean settled(Facts f) {
    return fenced(f) && f.servers().values().stream().allMatch(s -> s.answer().isPresent());
  }

  /// Whether the servers that answered hold nothing that nobody remembers and that works.
  public static boolean fenced(Facts f) {
    return !everywhere(f) && forgottenAreFenced(f);
  }

  private static boolean forgottenAreFenced(Facts f) {
    return known(f).stream()
        .findFirst()
        .map(like -> FoundLogins.on(f, like))
        .orElse(List.of())
        .stream()
        .allMatch(found -> found.login().fenced() || found.remembered(f));
  }
}
