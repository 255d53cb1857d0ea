package dev.backingservice.engine.smtp;

import dev.backingservice.engine.Entry;
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

  /// The password of each account that was let in last: whoever else guesses at the account does
  /// not keep its owner out.
  private final Map<Key, String> letIn = new ConcurrentHashMap<>();

  private final LongSupplier nanoTime;

  /// @param nanoTime by which refusals age
  Refusals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Guesses at one account count together.
  private record Key(Server server, String user) {}

  /// @param digest of the password that was refused last
  private record Refusal(Entry.Refused entry, String digest, int times, long next) {}

  /// What was said of it, while it is too early to ask again. Another password is tried at once,
  /// the first times; the one that was let in last is always tried.
  Optional<Entry> recent(Server server, Credential credential) {
    var key = key(server, credential);
    var digest = digest(credential);
    return Optional.ofNullable(refusals.get(key))
        .filter(r -> r.digest.equals(digest) || r.times >= GUESSES)
        .filter(_ -> !digest.equals(letIn.get(key)))
        .filter(r -> nanoTime.getAsLong() - r.next < 0)
        .map(Refusal::entry);
  }

  /// Only who got in is known to have the right password: a server that is full has not looked.
  void told(Server server, Credential credential, Entry entry) {
    var key = key(server, credential);
    var digest = digest(credential);
    switch (entry) {
      case Entry.LetIn _, Entry.Different _ -> letIn(key, digest);
      case Entry.Refused refused -> refused(key, digest, refused);
      case Entry.Full _, Entry.Crowded _, Entry.Locked _ -> {}
    }
  }

  private void letIn(Key key, String digest) {
    refusals.remove(key);
    if (letIn.size() >= MOST) letIn.clear();
    letIn.put(key, digest);
  }

  private void refused(Key key, String digest, Entry.Refused entry) {
    letIn.remove(key, digest);
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
    letIn.keySet().removeIf(key -> !stillThere.contains(key.server));
  }

  private static Key key(Server server, Credential credential) {
    return new Key(server, credential.attachment().login());
  }

  private static String digest(Credential credential) {
    return Names.digest(credential.password().reveal());
  }
}
