package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Standing.Holds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// What logins lose before they are let in: sessions of a former credential, and rights that they
/// held beyond those that are wanted.
final class Narrowing {
  private static final Duration EVICTION = Duration.ofSeconds(5);
  private final Server server;
  private final Marks marks;
  private final Transactions transactions;
  private final Logins logins;

  Narrowing(Server server, Marks marks, Transactions transactions, Logins logins) {
    this.server = server;
    this.marks = marks;
    this.transactions = transactions;
    this.logins = logins;
  }

  /// A slot that is used again must not bring sessions of its former credential along.
  void evict(Connection connection, Order order, Want want, Map<String, LoginRow> found)
      throws EngineException {
    var row = found.get(want.login());
    if (row == null || same(row, order, want) || row.holds(order, marks) == Holds.Foreign) return;
    Provision.asked(
        server,
        () -> {
          var open = new AtomicBoolean();
          transactions.run(
              connection,
              sql -> {
                if (logins.lock(sql, order, want.login(), row.epoch())) open.set(true);
              },
              Provision.service(order));
          // whoever locked one that was found open may have done so just now
          var lock =
              open.get() || !row.locked() || came(row, want)
                  ? Severing.Lock.JustNow
                  : Severing.Lock.Before;
          Severing.untilNobodyIsLeft(new Sql(connection), List.of(want.login()), lock, EVICTION);
          return want;
        });
  }

  /// Whether it came with a copy: whoever locks strangers may have locked it just now.
  private static boolean came(LoginRow row, Want want) {
    return row.mark().filter(m -> m.server().equals(want.attachment().server())).isEmpty();
  }

  /// An earlier object of the same name counts its own epochs.
  private static boolean same(LoginRow found, Order order, Want want) {
    return found.epoch() == want.attachment().epoch() && found.uid().equals(order.service().uid());
  }

  /// Takes from each login that is there what it is to hold no longer.
  void narrow(Connection connection, Order order, List<Want> wants, Map<String, LoginRow> found)
      throws EngineException {
    for (var want : narrowed(connection, wants, found)) narrow(connection, order, want);
  }

  /// Logins that are to hold less than they did, as far as that is ours to take: what somebody
  /// else granted is told, and ends nobody's session.
  private List<Want> narrowed(Connection connection, List<Want> wants, Map<String, LoginRow> found)
      throws EngineException {
    return Provision.asked(
        server,
        () -> {
          var chosen = new ArrayList<Want>();
          for (var want : wants) {
            var row = found.get(want.login());
            if (row != null && more(connection, want, row)) chosen.add(want);
          }
          return chosen;
        });
  }

  private boolean more(Connection connection, Want want, LoginRow row) throws SQLException {
    return want.attachment().access().compareTo(row.access()) < 0
        || Memberships.revocable(new Sql(connection), row, group(want));
  }

  /// A session keeps what it has until it ends, and what it prepared until that is finished. The
  /// mark is written after that: a narrowing that was cut off is made again.
  private void narrow(Connection connection, Order order, Want want) throws EngineException {
    transactions.run(connection, sql -> logins.narrow(sql, order, want), Provision.service(order));
    Provision.asked(
        server,
        () -> {
          var sql = new Sql(connection);
          Severing.whatIsThereNow(sql, want.login(), EVICTION);
          var held = logins.find(sql, want.login()).map(LoginRow::access);
          if (held.isPresent())
            new Fenceable(server, marks, want.attachment().with(held.get())).refusePrepared(sql);
          return want;
        });
  }

  private String group(Want want) {
    return Roles.of(marks, want.attachment().place()).group(want.attachment().access());
  }
}
