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
import java.util.function.LongSupplier;

/// How many logins of one namespace one relay has refused, whatever the account: [#BURST] at once,
/// and one more each [#EACH], as the generic cell rate algorithm counts them (ITU-T I.371).
final class Guesses {
  static final int BURST = 10;
  static final Duration EACH = Duration.ofMinutes(2);
  private static final long BURST_NANOS = EACH.multipliedBy(BURST).toNanos();

  /// When everything that was refused is forgotten.
  private final Map<Namespace, Long> forgotten = new ConcurrentHashMap<>();

  private final LongSupplier nanoTime;

  Guesses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Namespace(Server server, String name) {}

  void refused(Server server, String namespace) {
    long now = nanoTime.getAsLong();
    forgotten.values().removeIf(at -> at - now <= 0);
    forgotten.merge(
        new Namespace(server, namespace), now + EACH.toNanos(), (at, _) -> at + EACH.toNanos());
  }

  /// What is said to a credential that is not tried; empty where one more may be refused.
  Optional<Entry> refusal(Server server, String namespace) {
    var at = forgotten.get(new Namespace(server, namespace));
    if (at == null || at - nanoTime.getAsLong() <= BURST_NANOS - EACH.toNanos())
      return Optional.empty();
    return Optional.of(
        new Entry.Refused(
            new Failure(
                Reason.LoginRefused,
                "%s (%s) has refused many logins of namespace %s: correct the usernames and passwords of its services; one more is tried every %d minutes"
                    .formatted(server.name(), server.data(), namespace, EACH.toMinutes()))));
  }

  void keep(Set<Server> stillThere) {
    forgotten.keySet().removeIf(namespace -> !stillThere.contains(namespace.server));
  }
}
