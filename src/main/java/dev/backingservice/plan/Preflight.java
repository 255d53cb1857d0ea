package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.SwapPolicy;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What stands in the way of an edit, asked before anything is changed. The first answer
/// counts; whatever it is, the binding in force stays as it is.
public final class Preflight {
  private static final List<Function<Facts, Optional<Failure>>> CHECKS =
      List.of(
          Preflight::consent,
          f -> f.service().given().problem(),
          Preflight::trouble,
          Preflight::old,
          Preflight::posture,
          Preflight::writable,
          Preflight::place,
          Preflight::diverged,
          Preflight::unread,
          Preflight::contents,
          f -> f.probe().flatMap(Probe::fence),
          f -> f.probe().flatMap(Probe::write));

  private Preflight() {}

  /// Whether an edit waits that may be taken up, on a server that admits the namespace, so that the
  /// old and the new server have to be looked at side by side.
  public static boolean due(Facts f) {
    var wanted = f.intent().map(Intent::place);
    var swap = f.memory().swap();
    boolean underWay =
        swap.underWay() && swap.lastMotion().filter(m -> leads(f, m, wanted)).isPresent();
    return f.pending()
        && !underWay
        && consent(f).isEmpty()
        && f.active().filter(a -> !wanted.equals(Optional.of(a.place()))).isPresent();
  }

  /// Whether a motion goes to a place, and not to a server that is another one by now.
  private static boolean leads(Facts f, Motion m, Optional<Place> to) {
    return to.equals(Optional.of(m.to().place())) && !Promotions.replaced(f, m.to());
  }

  /// The first reason not to take up the edit.
  public static Optional<Failure> refusal(Facts f) {
    return CHECKS.stream().flatMap(check -> check.apply(f).stream()).findFirst();
  }

  private static Optional<Failure> consent(Facts f) {
    return target(f).flatMap(ServerFact::consent);
  }

  private static Optional<Failure> trouble(Facts f) {
    var target = target(f);
    if (target.isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the server has not been looked at yet"));
    return target.get().trouble();
  }

  /// An old server that answers and refuses, or accepts connections and stays silent, could not be
  /// fenced. The policy may say to leave it all the same.
  private static Optional<Failure> old(Facts f) {
    if (leaves(f) || !f.fences()) return Optional.empty();
    return f.active()
        .flatMap(a -> f.server(a.server()))
        .filter(s -> s.sight() instanceof ServerFact.Sight.Troubled)
        .flatMap(s -> s.trouble().map(t -> unfenceable(s.name(), t)));
  }

  private static boolean leaves(Facts f) {
    return f.intent()
        .filter(i -> i.swap().ifNotDrained() == SwapPolicy.IfNotDrained.Proceed)
        .isPresent();
  }

  private static Failure unfenceable(String server, Failure trouble) {
    return new Failure(
        trouble.reason(),
        "the old server %s answers but cannot be administered, so its sessions could not be ended (%s): heal it, or set swap.ifNotDrained: Proceed to leave it with a fence owed"
            .formatted(server, trouble.message()));
  }

  private static Optional<Failure> posture(Facts f) {
    return target(f).flatMap(ServerFact::posture);
  }

  private static Optional<Failure> writable(Facts f) {
    return target(f)
        .filter(t -> t.answer().filter(a -> !a.identity().writable()).isPresent())
        .map(
            t ->
                new Failure(
                    Reason.ServerReadOnly,
                    t.name() + " does not accept writes (it is a standby): promote it first"));
  }

  private static Optional<Failure> place(Facts f) {
    if (f.probe().isEmpty())
      return Optional.of(new Failure(Reason.Pending, "the server has not been looked at yet"));
    return f.probe().get().place();
  }

  /// A standby promoted before the fence lacks what the old server acknowledged meanwhile.
  private static Optional<Failure> diverged(Facts f) {
    var from = f.active();
    var to = target(f);
    if (from.isEmpty() || to.isEmpty() || same(f)) return Optional.empty();
    return twins(f, from.get().server(), to.get().name())
        ? Optional.of(divergence(from.get(), to.get().name()))
        : Optional.empty();
  }

  /// Whether two servers are copies of one that both take writes, and nobody accepts that.
  static boolean twins(Facts f, String old, String next) {
    return !f.service().annotations().acceptDivergence().equals(next)
        && f.answer(next)
            .filter(t -> f.answer(old).filter(o -> twins(o, t)).isPresent())
            .isPresent();
  }

  private static boolean twins(ServerFact.Sight.Answers one, ServerFact.Sight.Answers other) {
    return one.identity().serverId().equals(other.identity().serverId())
        && one.identity().writable()
        && other.identity().writable();
  }

  private static Failure divergence(Attachment from, String to) {
    return new Failure(
        Reason.ServersDiverged,
        "%s and %s are copies of one server and both accept writes, so a swap loses what %s acknowledged since they parted: to lose nothing, set spec.server back and make the copy anew; to lose it, stop %s or annotate backingservice.dev/accept-divergence: \"%s\""
            .formatted(from.server(), to, from.server(), from.server(), to));
  }

  /// A typo must not send production to empty tables; a fresh migration must not block an
  /// emergency.
  private static Optional<Failure> contents(Facts f) {
    var contents = f.probe().flatMap(Probe::contents);
    var place = f.intent().map(i -> i.place());
    if (contents.isEmpty() || place.isEmpty() || alike(f)) return Optional.empty();
    if (f.service().annotations().acceptData().equals(place.get().server()))
      return Optional.empty();
    int there = contents.get().there();
    return switch (contents.get().before()) {
      case Probe.Before.Named(var lacking, var closed) ->
          missing(lacking, place.get()).or(() -> closed.map(c -> closed(c, place.get())));
      case Probe.Before.Counted(int held) -> few(place.get(), there, held);
      case Probe.Before.Unread _ -> few(f, place.get(), there);
    };
  }

  /// An old server that answers is compared with the new one, or the edit waits until it is; where
  /// the policy leaves a server that cannot be administered, it does not.
  private static Optional<Failure> unread(Facts f) {
    var to = target(f).map(ServerFact::name);
    if (leaves(f)) return Optional.empty();
    if (alike(f) || to.equals(Optional.of(f.service().annotations().acceptData())))
      return Optional.empty();
    var from = f.active().map(Attachment::server);
    return from.flatMap(f::answer)
        .flatMap(_ -> f.probe())
        .flatMap(Probe::unread)
        .map(why -> uncompared(from.orElseThrow(), why, to.orElse("")));
  }

  private static Failure uncompared(String from, Failure why, String to) {
    return new Failure(
        why.reason() == Reason.AdminTooWeak ? why.reason() : Reason.Pending,
        "%s answers and could not be compared with the new place (%s): it is tried again; to go on without, annotate backingservice.dev/accept-data: \"%s\", or set swap.ifNotDrained: Proceed"
            .formatted(from, why.message(), to));
  }

  private static Optional<Failure> missing(List<String> lacking, Place place) {
    if (lacking.isEmpty()) return Optional.empty();
    return Optional.of(differs(place, "lacks " + String.join(", ", lacking)));
  }

  private static Failure closed(Probe.Closed closed, Place place) {
    return new Failure(
        Reason.PrivilegesIncomplete,
        "%s holds %s and services may not use it there: %s; to swap without, annotate backingservice.dev/accept-data: \"%s\""
            .formatted(place, closed.name(), closed.cure(), place.server()));
  }

  /// Whether an edit waits for contents alone: whoever restores or grants them needs the groups.
  static boolean waitsForContents(Facts f) {
    var contents = contents(f);
    return contents.isPresent()
        && CHECKS.stream()
            .flatMap(check -> check.apply(f).stream())
            .allMatch(contents.get()::equals);
  }

  /// Beside what the old place was last known to hold.
  private static Optional<Failure> few(Facts f, Place place, int there) {
    var before = f.memory().held();
    if (before.isPresent()) return few(place, there, before.getAsInt());
    return there > 0
        ? Optional.empty()
        : Optional.of(differs(place, "holds nothing, and nobody knows how much was there before"));
  }

  private static Optional<Failure> few(Place place, int there, int held) {
    return held == 0 || (there > 0 && there * 2L >= held)
        ? Optional.empty()
        : Optional.of(differs(place, "holds %d where %d were".formatted(there, held)));
  }

  private static Failure differs(Place place, String what) {
    return new Failure(
        Reason.DatabaseDiffers,
        "%s %s: restore the data there, or annotate backingservice.dev/accept-data: \"%s\""
            .formatted(place, what, place.server()));
  }

  private static boolean same(Facts f) {
    return f.probe().filter(p -> p.sameness() == Probe.Sameness.Same).isPresent();
  }

  /// Whether the two places need no comparison: one of the same name on the same running server, or
  /// on a physical copy of it.
  private static boolean alike(Facts f) {
    var scope = f.active().map(a -> a.place().scope());
    return f.intent().map(i -> i.place().scope()).equals(scope) && (same(f) || copy(f));
  }

  /// A physical copy has the same lineage.
  private static boolean copy(Facts f) {
    var lineage = f.active().map(Attachment::serverId);
    return target(f)
        .flatMap(ServerFact::answer)
        .filter(a -> lineage.filter(a.identity().serverId()::equals).isPresent())
        .isPresent();
  }

  private static Optional<ServerFact> target(Facts f) {
    return f.intent().flatMap(i -> f.server(i.place().server()));
  }
}
