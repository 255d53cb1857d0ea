package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent;
import dev.backingservice.model.Names;
import dev.backingservice.model.Place;
import java.time.Instant;
import java.util.Optional;

/// Whether a motion begins, and which.
final class Start {
  private Start() {}

  static Optional<Swap> of(Facts f, Instant now, int attempts) {
    var active = f.active();
    var intent = f.intent().filter(i -> i.state() == Intent.State.Attached);
    if (active.isEmpty() || intent.isEmpty() || f.service().life() == Facts.Life.Deleting)
      return Optional.empty();
    if (f.pending() && !intent.get().place().equals(active.get().place()))
      return swap(f, active.get(), intent.get(), now, attempts);
    if (reshaped(f, intent.get()) || Moves.ofActive(f)) return repoint(f, active.get(), now);
    return Optional.empty();
  }

  private static Optional<Swap> swap(
      Facts f, Attachment from, Intent intent, Instant now, int attempts) {
    if (Preflight.refusal(f).isPresent()) return Optional.empty();
    var to = next(f, from, intent.place());
    return to.map(t -> new Swap.Prepare(new Motion(kind(f, from, t), from, t, now, attempts)));
  }

  /// The mount path or the extra entries changed: the same server, a new epoch.
  private static boolean reshaped(Facts f, Intent intent) {
    return f.published() instanceof Published.Binding binding
        && binding.genuine()
        && !binding.shape().equals(intent.binding().fingerprint());
  }

  private static Optional<Swap> repoint(Facts f, Attachment from, Instant now) {
    return next(f, from, from.place())
        .map(to -> new Swap.Prepare(new Motion(Motion.Kind.Repoint, from, to, now, 0)));
  }

  /// The next attachment: the other slot, the next epoch.
  private static Optional<Attachment> next(Facts f, Attachment from, Place place) {
    return f.server(place.server())
        .flatMap(ServerFact::answer)
        .map(
            answer ->
                new Attachment(
                    place,
                    answer.identity().serverId(),
                    Names.login(
                        f.service().instance(), f.service().id(), Names.Slot.besides(from.login())),
                    f.greatestEpoch() + 1));
  }

  private static Motion.Kind kind(Facts f, Attachment from, Attachment to) {
    boolean sameServer = f.probe().filter(p -> p.sameness() == Probe.Sameness.Same).isPresent();
    boolean sameData =
        from.place().database().equals(to.place().database())
            && from.place().schema().equals(to.place().schema());
    return sameServer && sameData ? Motion.Kind.Repoint : Motion.Kind.Swap;
  }
}
