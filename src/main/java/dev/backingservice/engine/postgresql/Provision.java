package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.LoginState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Makes states true on one server, in this order: what must not work any more, then the groups,
/// then what shall work.
final class Provision {
  private static final Duration EVICTION = Duration.ofSeconds(5);
  private final Server server;
  private final Marks marks;
  private final Transactions transactions;
  private final CompleteGroups complete;
  private final Logins logins;
  private final Opening opening;

  Provision(Server server, Registry registry) {
    this.server = server;
    this.marks = registry.marks();
    this.transactions = new Transactions(server, marks, registry.term());
    this.complete = registry.complete();
    this.logins = new Logins(marks, server.name());
    this.opening = new Opening(server, registry, transactions, logins);
  }

  void ensure(Connection connection, Order order, List<Want> wants) throws EngineException {
    for (var want : wants) if (!want.state().letsIn()) close(connection, order, want);
    var working = wants.stream().filter(w -> w.state().letsIn()).toList();
    if (!working.isEmpty()) opening.ensure(connection, order, working);
  }

  /// Locked, or gone. Memberships go in a transaction of their own, so that a blocked ALTER keeps
  /// nothing.
  private void close(Connection connection, Order order, Want want) throws EngineException {
    transactions.run(connection, sql -> logins.strip(sql, order, want.login()), service(order));
    transactions.run(
        connection,
        sql -> logins.lock(sql, order, want.login(), want.superseding()),
        service(order));
    if (want.state() != LoginState.Absent) return;
    vacate(connection, order, want);
    new Removal(server, transactions, logins).drop(connection, order, want);
  }

  /// A role can be dropped while it is connected, and its sessions go on.
  private void vacate(Connection connection, Order order, Want want) throws EngineException {
    asked(
        () -> {
          var sql = new Sql(connection);
          if (logins.ours(sql, order, want.login()).isPresent())
            Severing.untilNobodyIsLeft(sql, List.of(want.login()), Severing.Lock.JustNow, EVICTION);
          return want;
        });
  }

  void createMissing(Connection connection, Order order) throws EngineException {
    asked(
        () -> {
          new Creation(server, marks, transactions).create(connection, order);
          return order;
        });
  }

  void createGroups(Connection connection, Order order) throws EngineException {
    opening.grantUnclaimed(connection, order);
  }

  void drop(Connection connection, Order order) throws EngineException {
    asked(
        () -> {
          complete.forget(server.name());
          new Dropping(server, marks, transactions).drop(connection, order);
          return order;
        });
  }

  /// @param page told that a page of logins begins
  int lockStrangers(Connection connection, Set<String> names, Runnable page)
      throws EngineException {
    return asked(() -> new Strangers(marks, logins, transactions, page).lock(connection, names));
  }

  /// The lock under which the logins of a service are changed.
  static String service(Order order) {
    return "service/" + order.service();
  }

  private <T> T asked(Work<T> work) throws EngineException {
    return asked(server, work);
  }

  static <T> T asked(Server server, Work<T> work) throws EngineException {
    try {
      return work.done();
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  @FunctionalInterface
  interface Work<T> {
    T done() throws SQLException, EngineException;
  }
}
