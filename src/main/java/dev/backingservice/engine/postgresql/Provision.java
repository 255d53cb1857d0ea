package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.Want;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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

  Provision(Server server, Marks marks, Term term, CompleteGroups complete) {
    this.server = server;
    this.marks = marks;
    this.transactions = new Transactions(server, marks, term);
    this.complete = complete;
    this.logins = new Logins(marks, server.name());
  }

  void ensure(Connection connection, Order order, List<Want> wants) throws EngineException {
    for (var want : wants) if (!want.state().letsIn()) close(connection, order, want);
    var working = wants.stream().filter(w -> w.state().letsIn()).toList();
    if (working.isEmpty()) return;
    for (var want : working) evict(connection, order, want);
    var narrowed = narrowed(connection, working);
    try {
      open(connection, order, working);
    } catch (EngineException e) {
      if (!complete.holds(key(order))) throw e;
      complete.forget(server.name()); // another server may answer under the name by now
      open(connection, order, working);
    }
    for (var want : narrowed) sever(connection, want);
    for (var want : working) check(connection, order, want);
  }

  private void open(Connection connection, Order order, List<Want> wants) throws EngineException {
    boolean known = complete.holds(key(order));
    transactions.run(
        connection,
        sql -> {
          if (!known) new Groups(marks).ensure(sql, order);
          for (var want : wants) logins.open(sql, order, want);
        },
        known ? new String[] {service(order)} : new String[] {group(order), service(order)});
    if (known) return;
    inside(order);
    complete.add(key(order));
  }

  /// Whose claim was checked, too: another namespace asks anew.
  private String key(Order order) {
    return String.join(
            "/",
            server.name(),
            order.service().namespace(),
            order.namespaceUid(),
            order.place().toString())
        + order.sharedWith();
  }

  /// Logins that are to hold less than they did: a session keeps what it has until it ends.
  private List<Want> narrowed(Connection connection, List<Want> wants) throws EngineException {
    return asked(
        () -> {
          var narrowed = new ArrayList<Want>();
          for (var want : wants) {
            var found = logins.find(new Sql(connection), want.login());
            var group = marks.roles(want.attachment().place()).group(want.attachment().access());
            boolean less =
                found.isPresent()
                    && (want.attachment().access().compareTo(found.get().access()) < 0
                        || !Set.of(group).containsAll(found.get().groups()));
            if (less) narrowed.add(want);
          }
          return narrowed;
        });
  }

  private void sever(Connection connection, Want want) throws EngineException {
    asked(
        () -> {
          var sql = new Sql(connection);
          Severing.whatIsThereNow(sql, want.login(), EVICTION);
          return want;
        });
  }

  /// What holds is read back. What others granted, or the administrator may not change, is told
  /// after everything of ours was put right.
  private void check(Connection connection, Order order, Want want) throws EngineException {
    var refusal =
        asked(
            () -> {
              var sql = new Sql(connection);
              var found = logins.find(sql, want.login());
              if (found.isEmpty() || found.get().holds(order, marks) == Holds.Works) return "";
              return Memberships.others(sql, found.get()).orElseGet(() -> differs(found.get()));
            });
    if (!refusal.isEmpty())
      throw EngineException.of(Reason.PrivilegesIncomplete, "on " + server.name() + " " + refusal);
  }

  private static String differs(LoginRow row) {
    if (row.attributes().isEmpty())
      return "%s does not hold exactly what it was given: see its memberships and settings"
          .formatted(row.name());
    var attributes = String.join(" ", row.attributes());
    return "%s has attributes that the administrator may not take away: let a superuser run ALTER ROLE %s %s"
        .formatted(row.name(), row.name(), attributes);
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
    vacate(connection, want);
    new Removal(server, transactions, logins).drop(connection, order, want);
  }

  /// A role can be dropped while it is connected, and its sessions go on.
  private void vacate(Connection connection, Want want) throws EngineException {
    asked(
        () -> {
          var sql = new Sql(connection);
          if (logins.find(sql, want.login()).isPresent())
            Severing.untilNobodyIsLeft(sql, want.login(), EVICTION);
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

  void drop(Connection connection, Order order) throws EngineException {
    asked(
        () -> {
          complete.forget(server.name());
          new Dropping(server, marks, transactions).drop(connection, order);
          return order;
        });
  }

  int lockStrangers(Connection connection, Set<String> names) throws EngineException {
    return asked(() -> new Strangers(marks, logins, transactions).lock(connection, names));
  }

  /// A slot that is used again must not bring sessions of its former credential along.
  private void evict(Connection connection, Order order, Want want) throws EngineException {
    asked(
        () -> {
          var found = logins.find(new Sql(connection), want.login());
          if (found.isEmpty()
              || found.get().epoch() == want.attachment().epoch()
              || found.get().holds(order, marks) == Holds.Foreign) return want;
          long epoch = found.get().epoch();
          transactions.run(
              connection, sql -> logins.lock(sql, order, want.login(), epoch), service(order));
          Severing.untilNobodyIsLeft(new Sql(connection), want.login(), EVICTION);
          return want;
        });
  }

  private void inside(Order order) throws EngineException {
    asked(
        () -> {
          var scope = Schemas.of(order.place());
          try (var connection = Connections.inside(server, scope.database())) {
            connection.setAutoCommit(false);
            new SchemaGrants(order.place(), marks.roles(order.place())).ensure(new Sql(connection));
            connection.commit();
          }
          return order;
        });
  }

  private String group(Order order) {
    var scope = Schemas.of(order.place());
    return "group/" + Names.digest(scope.database(), scope.schema());
  }

  private static String service(Order order) {
    return "service/" + order.service();
  }

  private <T> T asked(Work<T> work) throws EngineException {
    try {
      return work.done();
    } catch (SQLException e) {
      throw PgErrors.running(e, server);
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T done() throws SQLException, EngineException;
  }
}
