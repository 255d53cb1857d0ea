package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.model.Credential;
import dev.backingservice.model.Names;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Credentials that were refused are not tried again at once: servers lock out addresses from which
/// many a wrong password comes. What a namespace may try with invented accounts is bounded by
/// [Guesses].
final class Refusals {
  /// Accounts that are remembered.
  static final int MOST = 10_000;

  private static final long FIRST_NANOS = Duration.ofSeconds(30).toNanos();
  private static final int MOST_DOUBLINGS = 5;
  private static final long LONGEST_NANOS = FIRST_NANOS << MOST_DOUBLINGS;
  private static final int GUESSES = 2;
  private static final int LET_IN = -1;
  private final Map<Key, Last> accounts = new ConcurrentHashMap<>();
  private final Guesses guesses;
  private final LongSupplier nanoTime;

  /// @param nanoTime by which refusals age
  Refusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.guesses = new Guesses(nanoTime);
  }

  /// Guesses of one namespace at one account count together: whoever guesses at the account of
  /// another namespace does not keep its owner out.
  private record Key(Server server, String namespace, String user) {}

  /// What an account heard.
  ///
  /// @param letIn digest of the password that was let in last; empty when none was
  /// @param digest of the password that was tried last
  /// @param refused what was said to it; empty where it was let in
  /// @param times how often it was refused before, in a row
  /// @param next when it is asked again; who was let in is not forgotten before those that were not
  private record Last(String letIn, String digest, Optional<Entry> refused, int times, long next) {
    static Last letIn(String digest, long next) {
      return new Last(digest, digest, Optional.empty(), LET_IN, next);
    }
  }

  /// What was said of it, while it is too early to ask again. Another password is tried at once,
  /// the first times. The password that was let in last is always tried: it is no guess.
  Optional<Entry> recent(Server server, Order order, Credential credential) {
    var key = key(server, order, credential);
    var last = Optional.ofNullable(accounts.get(key));
    var digest = digest(credential);
    if (last.filter(l -> l.letIn.equals(digest)).isPresent()) return Optional.empty();
    return last.filter(l -> l.digest.equals(digest) || l.times >= GUESSES)
        .filter(l -> nanoTime.getAsLong() - l.next < 0)
        .flatMap(Last::refused)
        .or(() -> guesses.refusal(server, key.namespace));
  }

  /// Only who got in is known to have the right password: a relay that is full, or offers no login,
  /// has not looked.
  void told(Server server, Order order, Credential credential, Entry entry) {
    var key = key(server, order, credential);
    var digest = digest(credential);
    switch (entry) {
      case Entry.LetIn _ -> remember(key, Last.letIn(digest, now() + LONGEST_NANOS));
      case Entry.Refused refused -> {
        guesses.refused(server, key.namespace);
        remember(key, refused(Optional.ofNullable(accounts.get(key)), digest, refused));
      }
      case Entry.Different _, Entry.Full _, Entry.Crowded _, Entry.Locked _ -> {}
    }
  }

  private Last refused(Optional<Last> before, String digest, Entry refused) {
    int times = Math.min(MOST_DOUBLINGS, before.map(Last::times).orElse(LET_IN) + 1);
    var letIn = before.map(Last::letIn).filter(d -> !d.equals(digest)).orElse("");
    return new Last(letIn, digest, Optional.of(refused), times, now() + (FIRST_NANOS << times));
  }

  private long now() {
    return nanoTime.getAsLong();
  }

  /// Where too many are known, the one that is asked again first is forgotten.
  private void remember(Key key, Last last) {
    if (accounts.size() >= MOST && !accounts.containsKey(key))
      accounts.entrySet().stream()
          .min(Comparator.comparingLong(e -> e.getValue().next - now()))
          .ifPresent(oldest -> accounts.remove(oldest.getKey()));
    accounts.put(key, last);
  }

  void keep(Set<Server> stillThere) {
    accounts.keySet().removeIf(key -> !stillThere.contains(key.server));
    guesses.keep(stillThere);
  }

  private static Key key(Server server, Order order, Credential credential) {
    return new Key(server, order.service().namespace(), credential.attachment().login());
  }

  private static String digest(Credential credential) {
    return Names.digest(credential.password().reveal());
  }
}
