package dev.backingservice.engine.smtp;

import dev.backingservice.engine.EngineException;
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
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
  /// @param digest of the password that was refused last; empty when none was
  /// @param refused what was said to it
  /// @param times how often the account was refused before, in a row
  /// @param next when it is asked again
  private record Last(String letIn, String digest, Optional<Entry> refused, int times, long next) {

    boolean wasRefused(String other) {
      return !digest.isEmpty() && digest.equals(other);
    }
  }

  /// A login that asks the relay.
  @FunctionalInterface
  interface Login {
    /// @throws EngineException when the relay does not serve
    Entry tried() throws EngineException;
  }

  /// What a relay says to a credential, or has said of it while it is too early to ask again.
  /// Another password is tried at once, the first times. The password that was let in last is
  /// always tried: it is no guess.
  ///
  /// @param login what asks the relay
  Entry of(Server server, Order order, Credential credential, Login login) throws EngineException {
    var key = key(server, order, credential);
    var digest = digest(credential);
    var last = Optional.ofNullable(accounts.get(key));
    if (last.filter(l -> l.letIn.equals(digest)).isPresent())
      return told(key, digest, login.tried());
    boolean again = last.filter(l -> l.wasRefused(digest)).isPresent();
    var said =
        last.filter(l -> again || l.times >= GUESSES)
            .filter(l -> nanoTime.getAsLong() - l.next < 0)
            .flatMap(Last::refused)
            .or(() -> guesses.take(server, key.namespace, again));
    return said.isPresent() ? said.get() : guess(key, digest, login);
  }

  private Entry guess(Key key, String digest, Login login) throws EngineException {
    boolean refused = false;
    try {
      var entry = told(key, digest, login.tried());
      refused = entry instanceof Entry.Refused;
      return entry;
    } finally {
      if (!refused) guesses.giveBack(key.server, key.namespace);
    }
  }

  /// Only who got in is known to have the right password: a relay that is full, or offers no login,
  /// has not looked.
  private Entry told(Key key, String digest, Entry entry) {
    switch (entry) {
      case Entry.LetIn _ -> remember(key, last -> letIn(last, digest));
      case Entry.Refused refused -> remember(key, last -> refused(last, digest, refused));
      case Entry.Different _, Entry.Full _, Entry.Crowded _, Entry.Untried _, Entry.Locked _ -> {}
    }
    return entry;
  }

  /// Another password of the same account that was refused stays so.
  private Last letIn(@Nullable Last before, String digest) {
    if (before != null && !before.digest.isEmpty() && !before.digest.equals(digest))
      return new Last(digest, before.digest, before.refused, before.times, before.next);
    return new Last(digest, "", Optional.empty(), -1, nanoTime.getAsLong() + LONGEST_NANOS);
  }

  private Last refused(@Nullable Last before, String digest, Entry refused) {
    int times = before == null ? 0 : Math.min(MOST_DOUBLINGS, before.times + 1);
    var letIn = before == null || before.letIn.equals(digest) ? "" : before.letIn;
    long next = nanoTime.getAsLong() + (FIRST_NANOS << times);
    return new Last(letIn, digest, Optional.of(refused), times, next);
  }

  /// Where too many are known, the one that is asked again first is forgotten.
  private void remember(Key key, Function<@Nullable Last, Last> heard) {
    long now = nanoTime.getAsLong();
    if (accounts.size() >= MOST && !accounts.containsKey(key))
      accounts.entrySet().stream()
          .min(Comparator.comparingLong(e -> e.getValue().next - now))
          .ifPresent(first -> accounts.remove(first.getKey()));
    accounts.compute(key, (_, last) -> heard.apply(last));
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
