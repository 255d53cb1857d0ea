package dev.backingservice.plan;

import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Place;
import dev.backingservice.model.Published;
import java.time.Instant;
import java.util.Optional;

/// Whether a motion begins, and which. An edit that is refused stands in nobody's way.
final class Start {
  private Start() {}

  static Optional<Swap> of(Facts f, Instant now, int attempts) {
    var active = f.active();
    var intent = f.intent();
    if (active.isEmpty() || intent.isEmpty() || f.leaving() || Bindings.replayed(f))
      return Optional.empty();
    return edit(f, active.get(), intent.get(), now, attempts)
        .or(() -> onTheSpot(f, active.get(), now))
        .map(Swap.class::cast);
  }

  /// A motion on the active server that does not wait for an edit that failed.
  static Optional<Swap> besides(Facts f, Motion failed, Instant now) {
    var active = f.active().filter(_ -> !failed.overlaps() && f.intent().isPresent());
    if (active.isEmpty() || f.leaving() || Bindings.replayed(f)) return Optional.empty();
    return onTheSpot(f, active.get(), now).map(p -> p.besides(failed.to()));
  }

  private static Optional<Swap.Prepare> edit(
      Facts f, Attachment from, Intent intent, Instant now, int attempts) {
    if (!f.pending() || intent.place().equals(from.place()) || Preflight.refusal(f).isPresent())
      return Optional.empty();
    var cause = sameData(f, from, intent.place()) ? Cause.Repoint : Cause.Edit;
    return motion(f, cause, from, intent.place(), now, attempts);
  }

  /// One running server under two names, and the same of it. Where accounts are handed over, what
  /// they lead to is their provider's.
  private static boolean sameData(Facts f, Attachment from, Place to) {
    return f.probe().filter(p -> p.sameness() == Probe.Sameness.Same).isPresent()
        && (f.given() || from.place().scope().equals(to.scope()));
  }

  /// A new credential on the same server needs consent as any other does, a server that writes, and
  /// a Secret of ours.
  private static Optional<Swap.Prepare> onTheSpot(Facts f, Attachment from, Instant now) {
    if (f.published() instanceof Published.Foreign || f.service().given().problem().isPresent())
      return Optional.empty();
    // what is handed over together with an edit is for the server of the edit
    if (f.pending() && renewed(f)) return Optional.empty();
    boolean able =
        f.server(from.server())
            .filter(s -> s.consent().isEmpty())
            .flatMap(ServerFact::answer)
            .filter(a -> a.identity().writable())
            .isPresent();
    if (!able) return Optional.empty();
    if (Promotions.ofActive(f)) return motion(f, Cause.HostMoved, from, from.place(), now, 0);
    if (renewed(f)) return motion(f, Cause.Rotation, from, from.place(), now, 0);
    return reshaped(f) ? motion(f, Cause.Reshape, from, from.place(), now, 0) : Optional.empty();
  }

  /// Other content was handed over than the Secret was written with, or nobody knows with which.
  private static boolean renewed(Facts f) {
    return f.given() && !Bindings.holdsWhatIsGiven(f);
  }

  /// The mount path, the extra entries or the use of TLS changed: the same server, a new epoch.
  static boolean reshaped(Facts f) {
    return f.request() instanceof Facts.Request.Understood && unlike(f);
  }

  /// Whether the Secret was written for another mount path, other entries or another use of TLS.
  static boolean unlike(Facts f) {
    return Bindings.believed(f)
        .filter(b -> wanted(f, b.active()).filter(w -> !w.equals(b.shape())).isPresent())
        .isPresent();
  }

  /// The fingerprint that the Secret shall have; empty while it is not known how clients use TLS.
  private static Optional<String> wanted(Facts f, Attachment active) {
    return f.server(active.server())
        .map(s -> s.admission().clientTls())
        .filter(tls -> !tls.isEmpty())
        .flatMap(tls -> f.intent().map(i -> i.binding().fingerprint(tls)));
  }

  private static Optional<Swap.Prepare> motion(
      Facts f, Cause cause, Attachment from, Place place, Instant now, int attempts) {
    return next(f, from, place)
        .map(
            to ->
                new Swap.Prepare(
                    new Motion(
                        cause,
                        fencePoint(cause),
                        from,
                        Overlaps.open(f.memory().swap()).stream()
                            .filter(a -> !sameAccount(f, a, to))
                            .toList(),
                        to,
                        now,
                        attempts,
                        Optional.empty(),
                        f.answer(from.server()).isPresent()),
                    Optional.empty()));
  }

  /// The slot that an older login holds is needed: it ends with the next one.
  private static boolean sameAccount(Facts f, Attachment older, Attachment to) {
    return older.login().equals(to.login())
        && Promotions.oneInstance(f, Fences.via(f, older), to.server());
  }

  private static Motion.FencePoint fencePoint(Cause cause) {
    return switch (cause) {
      case Edit, Failover, ReplacedBy, Return -> Motion.FencePoint.BeforeCut;
      case Rotation, Repoint, Reshape, HostMoved -> Motion.FencePoint.AfterOverlap;
    };
  }

  /// The rights that are asked for, as far as they are admitted.
  private static Access access(Facts f, Attachment from, Place place) {
    return place.equals(from.place())
        ? DesiredLogins.granted(f, from).access()
        : f.intent().map(Intent::access).orElse(from.access());
  }

  /// The next attachment: the other slot, the next epoch.
  private static Optional<Attachment> next(Facts f, Attachment from, Place place) {
    return f.answer(place.server())
        .map(
            answer ->
                new Attachment(
                    place,
                    answer.identity().serverId(),
                    f.service().logins().besides(from.login()),
                    access(f, from, place),
                    f.greatestEpoch() + 1));
  }
}
