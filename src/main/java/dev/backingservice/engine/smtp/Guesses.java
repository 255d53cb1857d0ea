package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// How many logins of one namespace one relay may refuse, whatever the account: [#BURST] at once,
/// and one more each [#EACH], as the generic cell rate algorithm counts them (ITU-T I.371). Half of
/// them and one more are kept for credentials that were not refused before.
final class Guesses {
  static final int BURST = 10;
  static final Duration EACH = Duration.ofMinutes(2);
  private static final long EACH_NANOS = EACH.toNanos();
  private static final int MOST_AGAIN = BURST / 2 - 1;

  /// When everything that was refused is forgotten: at most [#BURST] times [#EACH] from now.
  private final Map<Namespace, Long> forgotten = new ConcurrentHashMap<>();

  private final LongSupplier nanoTime;

  Guesses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Namespace(Server server, String name) {}

  /// Takes a place, before a credential is tried.
  ///
  /// @param again whether it was refused before
  /// @return what is said of a credential that is not tried; empty where it may be refused
  Optional<Entry> take(Server server, String namespace, boolean again) {
    long now = nanoTime.getAsLong();
    forgotten.values().removeIf(at -> at - now <= 0);
    long free = (again ? MOST_AGAIN : BURST - 1) * EACH_NANOS;
    var taken = new AtomicBoolean();
    forgotten.compute(
        new Namespace(server, namespace),
        (_, before) -> {
          long at = before == null ? now : before;
          taken.set(at - now <= free);
          return taken.get() ? Long.valueOf(at + EACH_NANOS) : before;
        });
    return taken.get() ? Optional.empty() : Optional.of(untried(server, namespace));
  }

  private static Entry untried(Server server, String namespace) {
    return new Entry.Untried(
        new Failure(
            Reason.Pending,
            "%s (%s) has refused many logins of namespace %s: correct the usernames and passwords of its services; one more is tried every %d minutes"
                .formatted(server.name(), server.data(), namespace, EACH.toMinutes())));
  }

  /// Gives a place back: nothing was refused.
  void giveBack(Server server, String namespace) {
    forgotten.computeIfPresent(
        new Namespace(server, namespace), (_, at) -> Long.valueOf(at - EACH_NANOS));
  }

  void keep(Set<Server> stillThere) {
    forgotten.keySet().removeIf(namespace -> !stillThere.contains(namespace.server));
  }
}
