package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Names;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Credentials that were refused are not tried again at once: servers lock out addresses from which
/// many a wrong password comes.
final class Refusals {
  private static final long FIRST_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int MOST_DOUBLINGS = 5;
  private static final int MOST = 10_000;
  private static final int GUESSES = 2;
  private final Map<Key, Refusal> refusals = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  /// @param nanoTime by which refusals age
  Refusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Guesses of one namespace at one account count together: whoever guesses at the account of
  /// another namespace does not keep its owner out.
  private record Key(Server server, String namespace, String user) {}

  /// @param digest of the password that was refused last
  private record Refusal(Entry.Refused entry, String digest, int times, long next) {}

  /// What was said of it, while it is too early to ask again. Another password is tried at once,
  /// the first times.
  Optional<Entry> recent(Server server, Order order, Credential credential) {
    return Optional.ofNullable(refusals.get(key(server, order, credential)))
        .filter(r -> r.digest.equals(digest(credential)) || r.times >= GUESSES)
        .filter(r -> nanoTime.getAsLong() - r.next < 0)
        .map(Refusal::entry);
  }

  /// Only who got in is known to have the right password: a relay that is full, or offers no login,
  /// has not looked.
  void told(Server server, Order order, Credential credential, Entry entry) {
    var key = key(server, order, credential);
    switch (entry) {
      case Entry.LetIn _ -> refusals.remove(key);
      case Entry.Refused refused -> refused(key, digest(credential), refused);
      case Entry.Different _, Entry.Full _, Entry.Crowded _, Entry.Locked _ -> {}
    }
  }

  private void refused(Key key, String digest, Entry.Refused entry) {
    if (refusals.size() >= MOST) refusals.clear();
    refusals.compute(
        key,
        (_, before) -> {
          int times = before == null ? 0 : Math.min(MOST_DOUBLINGS, before.times + 1);
          return new Refusal(entry, digest, times, nanoTime.getAsLong() + (FIRST_NANOS << times));
        });
  }

  void keep(Set<Server> stillThere) {
    refusals.keySet().removeIf(key -> !stillThere.contains(key.server));
  }

  private static Key key(Server server, Order order, Credential credential) {
    return new Key(server, order.service().namespace(), credential.attachment().login());
  }

  private static String digest(Credential credential) {
    return Names.digest(credential.password().reveal());
  }
}
