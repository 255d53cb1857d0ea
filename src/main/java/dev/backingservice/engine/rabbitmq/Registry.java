package dev.backingservice.engine.rabbitmq;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.Urls;
import dev.backingservice.model.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// What is shared by all sessions on one broker, and what is written down there: global parameters
/// with our seal. They are kept, copied and imported with the accounts.
///
/// @param lock under which accounts are changed: the broker has no transactions for them
/// @param closed the connections that were told to close, by login
/// @param halfOpen how long a client that has said its password may wait before it enters a virtual
///     host
record Registry(
    Server server,
    Marks marks,
    Term term,
    ReentrantLock lock,
    Map<String, Closed> closed,
    Duration halfOpen) {
  private static final long PATIENCE_SECONDS = 5;
  private static final String PARAMETERS = "global-parameters/";
  private static final String VALUE = "value";
  private static final String LOGIN = "backingservice.login.";
  private static final String TERM = "term";
  private static final int TAG = 22;

  /// The connections of one login that were told to close and are listed still.
  ///
  /// @param ended how many they were, until a fence has told
  record Closed(Set<String> names, int ended) {
    static final Closed NONE = new Closed(Set.of(), 0);

    Closed {
      names = Set.copyOf(names);
    }
  }

  /// What is done with accounts.
  @FunctionalInterface
  interface Change {
    void make() throws EngineException;
  }

  /// Only while no later leader has left its term there.
  void change(Api api, Change change) throws EngineException {
    takeLock();
    try {
      checkTerm(api);
      change.make();
    } finally {
      lock.unlock();
    }
  }

  private void takeLock() throws EngineException {
    try {
      if (lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw EngineException.of(
        Reason.ServerUnreachable,
        "accounts of %s are being changed for others: it is tried again".formatted(server.name()));
  }

  /// It only grows. A change of several steps asks again before the last one: a later leader may
  /// have come meanwhile.
  void checkTerm(Api api) throws EngineException {
    var name = "backingservice.term." + marks.instance();
    var found = read(api, name);
    long stored = found.map(f -> Long.parseLong(f.getOrDefault(TERM, "0"))).orElse(0L);
    long mine = term.above(stored, server.name());
    if (found.isEmpty() || stored != mine)
      write(api, name, Map.of("kind", TERM, TERM, Long.toString(mine)));
  }

  /// The tag of an account that was made by this operator. It goes when the account goes, so that
  /// one that somebody made under its name is not taken for it.
  String tag(String login) {
    return "bs-" + marks.key().seal("rabbitmq", login).substring(0, TAG);
  }

  Optional<Account> account(Api api, String login) throws EngineException {
    var path = "users/" + Urls.encoded(login);
    var found = api.find(path);
    if (found.isEmpty()) return Optional.empty();
    var permissions = api.find(path + "/permissions"); // nothing where it was removed meanwhile
    if (permissions.isEmpty()) return Optional.empty();
    return Optional.of(
        Account.of(login, found.get(), permissions.get(), mark(api, login), tag(login)));
  }

  LoginMark mark(Api api, String login) throws EngineException {
    return read(api, LOGIN + login).map(LoginMark::new).orElse(LoginMark.NONE);
  }

  /// What of a login was told to close.
  Closed closed(String login) {
    return closed.getOrDefault(login, Closed.NONE);
  }

  /// The mark in a parameter of this name and value; empty where it is not one of a login.
  Optional<LoginMark> login(String name, String value) {
    return name.startsWith(LOGIN)
        ? marks.read(name, value).map(LoginMark::new).filter(LoginMark::ofLogin)
        : Optional.empty();
  }

  void mark(Api api, String login, LoginMark mark) throws EngineException {
    write(api, LOGIN + login, mark.fields());
  }

  void unmark(Api api, String login) throws EngineException {
    remove(api, LOGIN + login);
  }

  /// The fields of a parameter with our seal; empty for any other.
  Optional<Map<String, String>> read(Api api, String name) throws EngineException {
    return api.find(PARAMETERS + name)
        .flatMap(found -> marks.read(name, Connections.text(found, VALUE)));
  }

  void write(Api api, String name, Map<String, String> fields) throws EngineException {
    api.put(PARAMETERS + name, Map.of(VALUE, marks.write(name, fields)));
  }

  void remove(Api api, String name) throws EngineException {
    api.delete(PARAMETERS + name);
  }
}
