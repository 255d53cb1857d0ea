package dev.backingservice.plan;

import dev.backingservice.model.Attachment;
import dev.backingservice.model.Published;
import dev.backingservice.model.Standing;
import java.util.Optional;

/// Whether what the binding Secret and the status say is the truth. A tenant may put an old Secret
/// back, and a backup of the cluster brings everything back at once; a mark on a server that knows
/// a greater epoch tells.
final class Bindings {
  private Bindings() {}

  /// The binding, when it is of an epoch that status has as active or as target; when no status
  /// was ever recorded; or when nothing is active and its epoch is later than every one in the
  /// status: an attachment that a crash kept from being recorded.
  static Optional<Published.Binding> believed(Facts f) {
    if (!(f.published() instanceof Published.Binding b)) return Optional.empty();
    var memory = f.memory();
    boolean active = memory.active().filter(a -> a.attachment().same(b.active())).isPresent();
    boolean target = memory.swap().target().filter(t -> t.same(b.active())).isPresent();
    boolean later = memory.active().isEmpty() && b.active().epoch() > memory.greatestEpoch();
    return active || target || later || memory.isBlank() ? Optional.of(b) : Optional.empty();
  }

  /// Whether the binding was written with what the tenant hands over now.
  static boolean holdsWhatIsGiven(Facts f) {
    return believed(f).filter(b -> b.given().equals(f.service().given().content())).isPresent();
  }

  /// What the service is attached to. The rights are the ones last recorded: they change in place.
  static Optional<Attachment> active(Facts f) {
    var recorded = f.memory().active().map(Memory.Active::attachment);
    var binding = believed(f).map(Published.Binding::active);
    if (binding.isEmpty()) return recorded;
    return recorded.filter(r -> r.same(binding.get())).or(() -> binding);
  }

  /// Whether an older state was put back: a mark of ours knows a greater epoch than Secret and
  /// status, or the active login was locked for good by somebody who is not remembered. What is
  /// locked on a standby, its new primary may have locked: such a server is left like any other.
  static boolean replayed(Facts f) {
    var active = active(f);
    if (active.isEmpty()) return false;
    long known = Math.max(active.get().epoch(), f.memory().greatestEpoch());
    boolean later =
        f.servers().values().stream()
            .anyMatch(s -> s.greatestEpoch(f.service().id().uid()) > known);
    return later || (f.takesWrites(active.get().server()) && lockedForGood(f, active.get()));
  }

  /// Whether a login is locked, and by no fence that may be undone.
  static boolean lockedForGood(Facts f, Attachment active) {
    long by = superseded(f, active);
    return by >= active.epoch() && by != underWay(f) && by != givenUp(f);
  }

  /// By which epoch the login of an attachment is locked, as its mark says; 0 when it is not. An
  /// older one that this very attachment superseded, on a copy, makes room for it.
  private static long superseded(Facts f, Attachment at) {
    return f.answer(at.server())
        .filter(a -> a.identity().serverId().equals(at.serverId()))
        .flatMap(a -> a.standing().find(at.login()))
        .filter(l -> l.uid().equals(f.service().id().uid()))
        .filter(l -> l.epoch() >= at.epoch() || l.superseded() > at.epoch())
        .map(Standing.Login::superseded)
        .orElse(0L);
  }

  /// The epoch whose fence is undone when a login is let in again: the one of the motion that is
  /// under way, or one that was given up while nothing could be undone.
  static long undone(Facts f, Attachment at) {
    long by = superseded(f, at);
    return by > 0 && by == givenUp(f) ? by : underWay(f);
  }

  private static long underWay(Facts f) {
    var swap = f.memory().swap();
    return swap.lastMotion().filter(_ -> swap.mayGoBack()).map(m -> m.to().epoch()).orElse(0L);
  }

  /// The epoch that will never be published, as the Secret says.
  private static long givenUp(Facts f) {
    return believed(f).map(Published.Binding::aborted).orElse(0L);
  }
}
