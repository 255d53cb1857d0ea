package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Term;
import dev.backingservice.engine.Want;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Standing.Holds;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Makes states true on one server, in this order: what must not work any more, then the claim on
/// the database, then what shall work.
record Provision(Registry registry, Exclusive exclusive) {
  private static final Duration EVICTION = Duration.ofSeconds(5);

  Provision(Registry registry, Term term) {
    this(registry, new Exclusive(registry, term));
  }

  Databases databases() {
    return new Databases(registry, exclusive);
  }

  void ensure(Sql sql, Order order, List<Want> wants) throws SQLException, EngineException {
    for (var want : wants) if (!want.state().letsIn()) close(sql, order, want);
    var working = wants.stream().filter(w -> w.state().letsIn()).toList();
    if (!working.isEmpty()) open(sql, order, working);
  }

  private void close(Sql sql, Order order, Want want) throws SQLException, EngineException {
    exclusive.run(
        sql,
        inner -> {
          var logins = new Logins(registry, inner);
          logins.lock(order, want);
          if (want.state() == LoginState.Absent) logins.remove(order, want.login());
        },
        service(order));
  }

  private void open(Sql sql, Order order, List<Want> wants) throws SQLException, EngineException {
    var database = Databases.of(order.place());
    exclusive.run(
        sql,
        inner -> {
          databases().claim(registry.table(inner), order);
          if (!Databases.exists(inner, database)) throw databases().missing(database);
          for (var want : wants) new Logins(registry, inner).open(order, want);
        },
        Databases.key(order),
        service(order));
    for (var want : wants) check(sql, order, want);
  }

  /// What holds is read back.
  private void check(Sql sql, Order order, Want want) throws SQLException, EngineException {
    var holds = new Look(registry).look(sql, order, Set.of(want.login())).of(want.login());
    if (holds == Holds.Works) return;
    throw EngineException.of(
        Reason.PrivilegesIncomplete,
        "on %s %s does not hold exactly what it was given: see SHOW GRANTS and SHOW CREATE USER for it"
            .formatted(registry.server().name(), want.login()));
  }

  /// Locks the logins of other servers that came with a copy, and ends their sessions.
  int lockStrangers(Sql sql, Set<String> names) throws SQLException, EngineException {
    int locked = 0;
    var table = registry.table(sql);
    for (var page = table.page(""); !page.isEmpty(); page = table.page(page.getLast().name()))
      for (var row : page) {
        var mark = registry.marks().read(row.name(), row.mark()).map(LoginMark::new);
        if (mark.filter(m -> stranger(m, names)).isEmpty()) continue;
        exclusive.run(
            sql,
            inner -> new Logins(registry, inner).lockStranger(row.name(), mark.get()),
            "strangers");
        new Severing(sql, List.of(row.name())).untilNobodyIsLeft(EVICTION);
        locked++;
      }
    return locked;
  }

  private static boolean stranger(LoginMark mark, Set<String> names) {
    return mark.ofLogin() && mark.superseded() == 0 && !names.contains(mark.server());
  }

  /// The lock under which the logins of a service are changed.
  private static String service(Order order) {
    return "service/" + order.service();
  }
}
