package dev.backingservice.engine.postgresql;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.Want;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Names;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Lets logins in, in this order: what held more than it shall is narrowed; what had its rights
/// before is let in, whatever the groups and the database lack meanwhile; then the groups are
/// given what they need; then what is new is let in. So a login that stands with the rights of
/// its mark was given them.
final class Opening {
  private final Server server;
  private final Marks marks;
  private final Transactions transactions;
  private final CompleteGroups complete;
  private final ForeignOwners foreign;
  private final PublicRights open;
  private final Logins logins;
  private final Narrowing narrowing;

  Opening(Server server, Registry registry, Transactions transactions, Logins logins) {
    this.server = server;
    this.marks = registry.marks();
    this.transactions = transactions;
    this.complete = registry.complete();
    this.foreign = registry.foreign();
    this.open = registry.open();
    this.logins = logins;
    this.narrowing = new Narrowing(server, marks, transactions, logins);
  }

  void ensure(Connection connection, Order order, List<Want> wants) throws EngineException {
    var made = new HashSet<String>();
    var found = found(connection, wants);
    for (var want : wants) narrowing.evict(connection, order, want, found);
    try {
      open(connection, order, wants, found, made);
    } catch (EngineException e) {
      if (!complete.holds(key(order))) throw e;
      complete.forget(server.name()); // another server may answer under the name by now
      open(connection, order, wants, found(connection, wants), made);
    }
    // what was made just now holds what it was made with
    for (var want : wants) if (!made.contains(want.login())) check(connection, order, want);
  }

  /// Those of the logins that exist, by name.
  private Map<String, LoginRow> found(Connection connection, List<Want> wants)
      throws EngineException {
    return asked(
        () ->
            logins.all(new Sql(connection), wants.stream().map(Want::login).toList()).stream()
                .collect(toUnmodifiableMap(LoginRow::name, row -> row, (one, _) -> one)));
  }

  /// @param made told which logins are new
  private void open(
      Connection connection,
      Order order,
      List<Want> wants,
      Map<String, LoginRow> found,
      Set<String> made)
      throws EngineException {
    narrowing.narrow(connection, order, wants, found);
    var rest = new ArrayList<>(wants);
    if (!verified(order, wants)) {
      var restored = restored(wants, found);
      if (letIn(connection, order, restored)) rest.removeAll(restored);
      grant(connection, order);
      complete.add(key(order));
    }
    if (!rest.isEmpty())
      transactions.run(connection, sql -> open(sql, order, rest, made), service(order));
  }

  /// What the groups or the database lack holds up no login that had its rights. Where a group
  /// itself is missing, it comes after them.
  private boolean letIn(Connection connection, Order order, List<Want> restored)
      throws EngineException {
    if (restored.isEmpty()) return true;
    try {
      transactions.run(
          connection, sql -> open(sql, order, restored, new HashSet<>()), service(order));
      return true;
    } catch (EngineException e) {
      return false;
    }
  }

  private void open(Sql sql, Order order, List<Want> wants, Set<String> made)
      throws SQLException, EngineException {
    made.clear(); // a transaction that failed has made nothing
    for (var want : wants) if (logins.open(sql, order, want)) made.add(want.login());
  }

  /// What a new login is published with is looked at anew; a thousand of them look together.
  private boolean verified(Order order, List<Want> wants) {
    boolean prepared = wants.stream().anyMatch(w -> w.state() == LoginState.Prepared);
    return prepared ? complete.fresh(key(order)) : complete.holds(key(order));
  }

  private String key(Order order) {
    return CompleteGroups.key(server, order);
  }

  /// Logins that are to hold no more than they did.
  private static List<Want> restored(List<Want> wants, Map<String, LoginRow> found) {
    return wants.stream().filter(want -> restored(want, found.get(want.login()))).toList();
  }

  private static boolean restored(Want want, @Nullable LoginRow row) {
    return row != null
        && want.attachment().epoch() == row.epoch()
        && want.attachment().access().compareTo(row.access()) <= 0;
  }

  /// What holds is read back. What others granted, or the administrator may not change, is told
  /// after everything of ours was put right.
  private void check(Connection connection, Order order, Want want) throws EngineException {
    var refusal =
        asked(
            () -> {
              var sql = new Sql(connection);
              var found = logins.find(sql, want.login());
              if (found.isEmpty() || found.get().holdsItsOwn(order, marks)) return "";
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

  /// The groups, and their rights. What the administrator can do is committed before it is told
  /// what others have to do: their statements name the groups.
  private void grant(Connection connection, Order order) throws EngineException {
    grant(connection, order, sql -> new Groups(marks).ensure(sql, order));
  }

  /// The same before there is a service.
  void grantUnclaimed(Connection connection, Order order) throws EngineException {
    grant(connection, order, sql -> new Groups(marks).ensureUnclaimed(sql, order));
  }

  @FunctionalInterface
  private interface Making {
    Optional<Lack> make(Sql sql) throws SQLException, EngineException;
  }

  private void grant(Connection connection, Order order, Making groups) throws EngineException {
    var lacks = new ArrayList<Lack>();
    transactions.run(
        connection,
        sql -> {
          lacks.clear();
          groups.make(sql).ifPresent(lacks::add);
        },
        group(order),
        service(order));
    try {
      lacks.addAll(inside(order));
    } catch (EngineException e) {
      if (lacks.isEmpty() || e.reason() != Reason.AdminTooWeak) throw e;
    }
    if (!lacks.isEmpty())
      throw Lack.refusal(server.name(), Schemas.of(order.place()).database(), lacks);
  }

  /// @return what the owners of schemas have to grant
  private List<Lack> inside(Order order) throws EngineException {
    return asked(
        () -> {
          var scope = Schemas.of(order.place());
          var lacks = new ArrayList<Lack>();
          try (var connection = Connections.inside(server, scope.database())) {
            var sql = new Sql(connection);
            sql.begin();
            for (var schema : scope.each()) inside(sql, order, schema).ifPresent(lacks::add);
          }
          return lacks;
        });
  }

  private Optional<Lack> inside(Sql sql, Order order, Scope.Schema schema)
      throws SQLException, EngineException {
    var roles = Roles.of(marks, order.place());
    var lacking = new SchemaGrants(server.name(), schema, roles, marks).ensure(sql);
    sql.commit();
    open.saw(server, schema, PublicRights.look(sql, schema.first()));
    sql.commit();
    foreign.saw(server, schema, lacking.relations());
    return lacking.schema();
  }

  private static String group(Order order) {
    var scope = Schemas.of(order.place());
    return "group/" + Names.digest(scope.database(), scope.joined());
  }

  private static String service(Order order) {
    return Provision.service(order);
  }

  private <T> T asked(Provision.Work<T> work) throws EngineException {
    return Provision.asked(server, work);
  }
}
