package dev.backingservice.engine.redis;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.redis.Resp.Reply;
import dev.backingservice.engine.wire.ConnectFailure;
import dev.backingservice.model.Reason;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What is shared by all sessions on one server.
///
/// @param lock under which accounts are changed: the server has no transaction that holds rules
/// @param ended how many sessions a lock has ended, by login, until a fence has told
record Registry(
    Server server,
    Marks marks,
    Term term,
    Levels levels,
    ReentrantLock lock,
    Map<String, Integer> ended) {
  private static final String TERM = "term";

  /// What is done with accounts.
  @FunctionalInterface
  interface Change {
    void make() throws EngineException;
  }

  /// Only while no later leader has left its term there; what was changed is saved.
  void change(Redis redis, Change change) throws EngineException {
    lock.lock();
    try {
      checkTerm(redis);
      change.make();
      save(redis);
    } finally {
      lock.unlock();
    }
  }

  /// It only grows. It lies in the mark of an account that nobody can use.
  private void checkTerm(Redis redis) throws EngineException {
    var name = "bs_" + marks.instance();
    var found = AclUser.find(redis, marks, name).flatMap(AclUser::mark);
    long stored = found.map(f -> Long.parseLong(f.getOrDefault(TERM, "0"))).orElse(0L);
    long mine = term.above(stored, server.name());
    if (found.isEmpty() || stored != mine)
      Acl.close(redis, marks, name, Map.of("kind", TERM, TERM, Long.toString(mine)));
  }

  /// Without a file for them, a server forgets its accounts when it stops. A file that cannot be
  /// written brings back what was changed since.
  ///
  /// @return false where there is no file
  boolean save(Redis redis) throws EngineException {
    if (!(redis.said("ACL", "SAVE") instanceof Reply.Refusal refusal)) return true;
    if (refusal.said().contains("not configured to use an ACL file")) return false;
    throw EngineException.of(
        Reason.ServerUnreachable,
        "%s does not save its accounts, and would bring back older ones when it starts: %s"
            .formatted(server.name(), ConnectFailure.quoted(refusal.said())));
  }
}
