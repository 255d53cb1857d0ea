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

  /// The binding, when it is of an epoch that status has as active or as target; or when no status
  /// was ever recorded.
  static Optional<Published.Binding> believed(Facts f) {
    if (!(f.published() instanceof Published.Binding b)) return Optional.empty();
    var memory = f.memory();
    boolean active = memory.active().filter(a -> a.attachment().same(b.active())).isPresent();
    boolean target = memory.swap().target().filter(t -> t.same(b.active())).isPresent();
    return active || target || memory.isBlank() ? Optional.of(b) : Optional.empty();
  }

  /// What the service is attached to. The rights are the ones last recorded: they change in place.
  static Optional<Attachment> active(Facts f) {
    var recorded = f.memory().active().map(Memory.Active::attachment);
    var binding = believed(f).map(Published.Binding::active);
    if (binding.isEmpty()) return recorded;
    return recorded.filter(r -> r.same(binding.get())).or(() -> binding);
  }

  /// Whether an older state was put back: a mark of ours knows a greater epoch than Secret and
  /// status, or the active login was locked for good by somebody who is not remembered.
  static boolean replayed(Facts f) {
    var active = active(f);
    if (active.isEmpty()) return false;
    long known = Math.max(active.get().epoch(), f.memory().greatestEpoch());
    boolean later =
        f.servers().values().stream()
            .anyMatch(s -> s.greatestEpoch(f.service().id().uid()) > known);
    return later || lockedForGood(f, active.get());
  }

  private static boolean lockedForGood(Facts f, Attachment active) {
    return f.answer(active.server())
        .filter(a -> a.identity().serverId().equals(active.serverId()))
        .flatMap(a -> a.standing().find(active.login()))
        .filter(l -> l.uid().equals(f.service().id().uid()))
        .map(Standing.Login::superseded)
        .filter(by -> by >= active.epoch() && by != ours(f))
        .isPresent();
  }

  /// The epoch by which a motion that is not over supersedes the active login.
  private static long ours(Facts f) {
    var swap = f.memory().swap();
    return swap.lastMotion().filter(_ -> swap.mayGoBack()).map(m -> m.to().epoch()).orElse(0L);
  }
}
