package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Lets logins in, in this order: what held more than it shall is narrowed; what had its rights
/// before is let in, whatever its groups lack meanwhile; then the groups are given what they need;
/// then what is new is let in. So a login that stands with the rights of its mark was given them.
final class Opening {
  private static final Duration EVICTION = Duration.ofSeconds(5);
  private final Server server;
  private final Marks marks;
  private final Transactions transactions;
  private final CompleteGroups complete;
  private final Logins logins;

  Opening(
      Server server,
      Marks marks,
      Transactions transactions,
      CompleteGroups complete,
      Logins logins) {
    this.server = server;
    this.marks = marks;
    this.transactions = transactions;
    this.complete = complete;
    this.logins = logins;
  }

  void ensure(Connection connection, Order order, List<Want> wants) throws EngineException {
    for (var want : wants) evict(connection, order, want);
    try {
      open(connection, order, wants);
    } catch (EngineException e) {
      if (!complete.holds(key(order))) throw e;
      complete.forget(server.name()); // another server may answer under the name by now
      open(connection, order, wants);
    }
    for (var want : wants) check(connection, order, want);
  }

  private void open(Connection connection, Order order, List<Want> wants) throws EngineException {
    for (var want : narrowed(connection, wants)) narrow(connection, order, want);
    var rest = new ArrayList<>(wants);
    if (!complete.holds(key(order))) {
      var restored = restored(connection, wants);
      transactions.run(
          connection,
          sql -> {
            new Groups(marks).ensure(sql, order);
            open(sql, order, restored);
          },
          group(order),
          service(order));
      inside(order);
      complete.add(key(order));
      rest.removeAll(restored);
    }
    if (!rest.isEmpty())
      transactions.run(connection, sql -> open(sql, order, rest), service(order));
  }

  private void open(Sql sql, Order order, List<Want> wants) throws SQLException, EngineException {
    for (var want : wants) logins.open(sql, order, want);
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

  /// Logins that are to hold less than they did.
  private List<Want> narrowed(Connection connection, List<Want> wants) throws EngineException {
    return chosen(
        connection,
        wants,
        (want, found) ->
            want.attachment().access().compareTo(found.access()) < 0
                || !Set.of(group(want)).containsAll(found.groups()));
  }

  /// Logins that are to hold no more than they did.
  private List<Want> restored(Connection connection, List<Want> wants) throws EngineException {
    return chosen(
        connection,
        wants,
        (want, found) ->
            want.attachment().epoch() == found.epoch()
                && want.attachment().access().compareTo(found.access()) <= 0);
  }

  private List<Want> chosen(Connection connection, List<Want> wants, Choice choice)
      throws EngineException {
    return asked(
        () -> {
          var chosen = new ArrayList<Want>();
          for (var want : wants) {
            var found = logins.find(new Sql(connection), want.login());
            if (found.filter(row -> choice.takes(want, row)).isPresent()) chosen.add(want);
          }
          return chosen;
        });
  }

  @FunctionalInterface
  private interface Choice {
    boolean takes(Want want, LoginRow found);
  }

  /// A session keeps what it has until it ends. The mark is written after that: a narrowing that
  /// was cut off is made again.
  private void narrow(Connection connection, Order order, Want want) throws EngineException {
    transactions.run(connection, sql -> logins.narrow(sql, order, want), service(order));
    asked(
        () -> {
          Severing.whatIsThereNow(new Sql(connection), want.login(), EVICTION);
          return want;
        });
  }

  private String group(Want want) {
    return marks.roles(want.attachment().place()).group(want.attachment().access());
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

  private static String group(Order order) {
    var scope = Schemas.of(order.place());
    return "group/" + Names.digest(scope.database(), scope.schema());
  }

  private static String service(Order order) {
    return Provision.service(order);
  }

  private <T> T asked(Provision.Work<T> work) throws EngineException {
    return Provision.asked(server, work);
  }
}
