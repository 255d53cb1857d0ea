package dev.backingservice.engine.mysql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Order;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The databases of services: whose they are, and those that were created for one.
record Databases(Registry registry, Exclusive exclusive) {
  /// Where the server and the operator keep accounts and marks.
  private static final Set<String> RESERVED =
      Set.of("mysql", "information_schema", "performance_schema", "sys", MarkTable.DATABASE);

  private static final String KIND = "kind";
  private static final String CLAIM = "claim";
  private static final String DATABASE = "database";
  private static final String UID = "uid";

  private static final String EXISTS =
      "SELECT COUNT(*) > 0 FROM information_schema.schemata WHERE schema_name = ?";

  /// The database of a place.
  static String of(Place place) {
    if (place.scope() instanceof Scope.Database database) return database.name();
    throw new IllegalArgumentException("a place on MariaDB or MySQL is a database: " + place);
  }

  /// Some servers do not tell upper from lower case: one claim holds for all spellings.
  private static String folded(Order order) {
    return of(order.place()).toLowerCase(Locale.ROOT);
  }

  static Place place(String server, String database) {
    return new Place(server, new Scope.Database(database));
  }

  /// The lock under which a database is claimed.
  static String key(Order order) {
    return CLAIM + "/" + folded(order);
  }

  /// Refuses whoever may not use a database that somebody claimed, or the server's and the
  /// operator's own.
  void checkClaim(MarkTable table, Order order) throws SQLException, EngineException {
    if (RESERVED.contains(folded(order)))
      throw EngineException.of(
          Reason.ServerNotAvailable,
          "database %s belongs to the server or the operator itself: name the application's own database"
              .formatted(of(order.place())));
    if (admits(table, order)) return;
    throw EngineException.of(
        Reason.ServerNotAvailable,
        "database %s on %s belongs to another namespace or is not listed for this one: ask the platform team, or name another database"
            .formatted(of(order.place()), order.place().server()));
  }

  /// Claims it for the namespace of the first service.
  void claim(MarkTable table, Order order) throws SQLException, EngineException {
    checkClaim(table, order);
    if (claimed(table, order).isPresent()) return;
    table.put(
        name(CLAIM, order),
        Map.of(
            KIND,
            CLAIM,
            DATABASE,
            folded(order),
            Order.NAMESPACE,
            order.service().namespace(),
            Order.NAMESPACE_UID,
            order.namespaceUid()));
  }

  private Optional<Map<String, String>> claimed(MarkTable table, Order order)
      throws SQLException, EngineException {
    return table.find(name(CLAIM, order)).filter(f -> folded(order).equals(f.get(DATABASE)));
  }

  private boolean admits(MarkTable table, Order order) throws SQLException, EngineException {
    return order.mayUse(claimed(table, order).orElseGet(order::claimant));
  }

  /// Nobody can look for a database whose marks have the names of another one's.
  private String name(String kind, Order order) {
    return kind + "/" + registry.marks().key().name(kind, folded(order));
  }

  /// Creates the database when it is missing. The mark that says so comes last: a creation that was
  /// cut off leaves a database that is nobody's to drop.
  void createMissing(Sql sql, Order order) throws SQLException, EngineException {
    exclusive.run(
        sql,
        inner -> {
          var table = registry.table(inner);
          checkClaim(table, order);
          if (exists(inner, order) || !created(inner, order)) return;
          table.put(
              name(DATABASE, order),
              Map.of(KIND, DATABASE, DATABASE, of(order.place()), UID, order.service().uid()));
        },
        key(order));
  }

  private boolean created(Sql sql, Order order) throws SQLException, EngineException {
    var database = of(order.place());
    try {
      return sql.made("CREATE DATABASE IF NOT EXISTS " + Sql.name(database));
    } catch (SQLException e) {
      if (!MySqlErrors.denied(e)) throw e;
      throw EngineException.of(
          Reason.AdminTooWeak,
          "the administrator of %s may not create database %s: create it, or GRANT CREATE ON %s TO the administrator"
              .formatted(registry.server().name(), database, Sql.scope(database)));
    }
  }

  /// Whether the administrator sees it.
  static boolean exists(Sql sql, Order order) throws SQLException {
    return exists(sql, of(order.place()));
  }

  static boolean exists(Sql sql, String database) throws SQLException {
    return sql.holds(EXISTS, database);
  }

  EngineException missing(String database) {
    return EngineException.of(
        Reason.DatabaseMissing,
        "%s has no database %s that its administrator sees: create it, or set mysql.createDatabase: IfMissing before the first attachment; the administrator needs its grants there"
            .formatted(registry.server().name(), database));
  }

  /// Drops what was created for this service and no other login uses, and the claim on what is
  /// gone.
  void drop(Sql sql, Order order) throws SQLException, EngineException {
    exclusive.run(
        sql,
        inner -> {
          var table = registry.table(inner);
          if (!admits(table, order) || used(table, order)) return;
          if (mine(table, order)) {
            table.remove(name(DATABASE, order));
            inner.run("DROP DATABASE IF EXISTS " + Sql.name(of(order.place())));
            table.remove(name(CLAIM, order));
          }
        },
        key(order));
  }

  private boolean mine(MarkTable table, Order order) throws SQLException, EngineException {
    return table
        .find(name(DATABASE, order))
        .filter(f -> of(order.place()).equals(f.get(DATABASE)))
        .filter(f -> order.service().uid().equals(f.get(UID)))
        .isPresent();
  }

  /// Whether another service has a login there, be it locked: an undo may let it in again.
  private boolean used(MarkTable table, Order order) throws SQLException, EngineException {
    for (var page = table.page(""); !page.isEmpty(); page = table.page(page.getLast().name()))
      for (var row : page) {
        var mark = registry.marks().read(row.name(), row.mark()).map(LoginMark::new);
        if (mark.filter(m -> m.ofLogin() && uses(m, order)).isPresent()) return true;
      }
    return false;
  }

  private static boolean uses(LoginMark mark, Order order) {
    return of(order.place()).equals(mark.field(Account.DATABASE))
        && !order.service().uid().equals(mark.uid())
        && mark.field(Logins.KEPT).isEmpty();
  }
}
