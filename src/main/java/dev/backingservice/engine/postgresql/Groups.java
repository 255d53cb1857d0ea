package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The group roles of one place, the namespace that claims its database, and the grants on that
/// database.
final class Groups {
  private final Marks marks;

  Groups(Marks marks) {
    this.marks = marks;
  }

  /// Makes them stand, inside a transaction in the administrator's database.
  ///
  /// @return what the owner of the database has to grant
  Optional<Lack> ensure(Sql sql, Order order) throws SQLException, EngineException {
    return ensure(sql, order, Roles.of(marks, order.place()).all());
  }

  /// The same before there is a service: nobody claims the database by it.
  Optional<Lack> ensureUnclaimed(Sql sql, Order order) throws SQLException, EngineException {
    return ensure(sql, order, Roles.of(marks, order.place()).groups());
  }

  private Optional<Lack> ensure(Sql sql, Order order, List<String> wanted)
      throws SQLException, EngineException {
    var roles = Roles.of(marks, order.place());
    var comments = comments(sql, roles);
    for (var role : wanted) {
      if (!comments.containsKey(role)) create(sql, role, wanted(role, roles, order));
      else checkMark(role, comments.get(role), wanted(role, roles, order));
    }
    checkClaim(order, comments.get(roles.claim()), roles.claim());
    administer(sql, order, wanted);
    Memberships.grant(sql, roles.owner(), currentUser(sql), "WITH INHERIT FALSE, SET TRUE");
    Memberships.grant(sql, roles.readOnly(), roles.readWrite(), "WITH INHERIT TRUE, SET FALSE");
    Memberships.grant(sql, roles.readWrite(), roles.owner(), "WITH INHERIT TRUE, SET FALSE");
    return grantDatabase(sql, order.place(), roles);
  }

  private static Map<String, @Nullable String> comments(Sql sql, Roles roles) throws SQLException {
    var found =
        sql.query(
            "SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = ANY ($1)",
            row -> Map.entry(row.getString(1), Optional.ofNullable(row.getString(2))),
            (Object) roles.all().toArray(String[]::new));
    var comments = new HashMap<String, @Nullable String>();
    for (var role : found) comments.put(role.getKey(), role.getValue().orElse(null));
    return comments;
  }

  private void create(Sql sql, String role, Map<String, String> fields) throws SQLException {
    sql.run("CREATE ROLE " + Sql.name(role) + " " + Roles.PLAIN);
    sql.run("COMMENT ON ROLE " + Sql.name(role) + " IS " + Sql.text(marks.write(role, fields)));
  }

  /// What was made by an earlier version of the operator, or of the server, too.
  private static void administer(Sql sql, Order order, List<String> wanted)
      throws SQLException, EngineException {
    for (var role : wanted) Memberships.administer(sql, role);
    var repair = Memberships.repair(sql, wanted);
    if (repair.isPresent())
      throw EngineException.of(
          Reason.AdminTooWeak, "on " + order.place().server() + " " + repair.get());
  }

  private static Map<String, String> wanted(String role, Roles roles, Order order) {
    if (role.equals(roles.claim())) return claim(order);
    var scope = Schemas.of(order.place());
    return Map.of("kind", "group", "database", scope.database(), "schema", scope.joined());
  }

  /// What the mark of a database's claim says.
  static Map<String, String> claim(Order order) {
    return Map.of(
        "kind",
        "claim",
        "database",
        Schemas.of(order.place()).database(),
        Order.NAMESPACE,
        order.service().namespace(),
        Order.NAMESPACE_UID,
        order.namespaceUid());
  }

  /// A role that was there before must carry our seal, for exactly this place: a seal of ours for
  /// another one is no reason to join it.
  private void checkMark(String role, @Nullable String comment, Map<String, String> wanted)
      throws EngineException {
    var mark = marks.read(role, comment);
    boolean same =
        mark.isPresent()
            && wanted.entrySet().stream()
                .filter(e -> !Set.of(Order.NAMESPACE, Order.NAMESPACE_UID).contains(e.getKey()))
                .allMatch(e -> e.getValue().equals(mark.get().get(e.getKey())));
    if (same) return;
    throw EngineException.of(
        Reason.NameTaken,
        "the role %s exists and was not made by this operator for this place: rename it"
            .formatted(role));
  }

  /// The lock under which a database is claimed.
  static String claimKey(Order order) {
    return "claim/" + Schemas.of(order.place()).database();
  }

  /// Refuses whoever may not use a database that somebody claimed.
  void checkClaim(Sql sql, Order order) throws SQLException, EngineException {
    var roles = Roles.of(marks, order.place());
    var comments = comments(sql, roles);
    if (comments.containsKey(roles.claim()))
      checkClaim(order, comments.get(roles.claim()), roles.claim());
  }

  /// Whether a database is claimed by nobody else.
  boolean admits(Sql sql, Order order) throws SQLException {
    var role = Roles.of(marks, order.place()).claim();
    return marks
        .read(role, comments(sql, Roles.of(marks, order.place())).get(role))
        .map(claim -> order.mayUse(claim))
        .orElse(true);
  }

  private void checkClaim(Order order, @Nullable String comment, String role)
      throws EngineException {
    var claim = marks.read(role, comment).orElse(claim(order));
    if (order.mayUse(claim)) return;
    throw EngineException.of(
        Reason.ServerNotAvailable,
        "database %s on %s belongs to another namespace or is not listed for this one: ask the platform team, or name another database"
            .formatted(Schemas.of(order.place()).database(), order.place().server()));
  }

  private static String currentUser(Sql sql) throws SQLException {
    return sql.one("SELECT current_user", row -> row.getString(1));
  }

  /// A GRANT that does nothing is only a warning: what holds is read back.
  private static Optional<Lack> grantDatabase(Sql sql, Place place, Roles roles)
      throws SQLException, EngineException {
    if (granted(sql, place, roles)) return Optional.empty();
    var me = currentUser(sql);
    var owner =
        sql.first(
                "SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = $1",
                row -> row.getString(1),
                Schemas.of(place).database())
            .orElseThrow(() -> missing(place));
    var grants = grants(sql, Sql.name(Schemas.of(place).database()), roles);
    if (Administrator.actAs(sql, owner)) for (var grant : grants) sql.run(grant);
    sql.run("SET LOCAL ROLE " + Sql.name(me));
    return granted(sql, place, roles)
        ? Optional.empty()
        : Optional.of(new Lack(Sql.name(owner), grants));
  }

  private static List<String> grants(Sql sql, String database, Roles roles) throws SQLException {
    var login = sql.one("SELECT session_user", row -> row.getString(1));
    return List.of(
        "GRANT CONNECT ON DATABASE %s TO %s, %s"
            .formatted(database, Sql.name(roles.readOnly()), Sql.name(login)),
        "GRANT CREATE, TEMPORARY ON DATABASE %s TO %s"
            .formatted(database, Sql.name(roles.owner())));
  }

  private static boolean granted(Sql sql, Place place, Roles roles) throws SQLException {
    return sql.holds(
        """
        SELECT count(DISTINCT a.privilege_type) = 3 FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
          JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
         WHERE d.datname = $1 AND (r.rolname = $2 AND a.privilege_type = 'CONNECT'
            OR r.rolname = $3 AND a.privilege_type IN ('CREATE', 'TEMPORARY'))""",
        Schemas.of(place).database(),
        roles.readOnly(),
        roles.owner());
  }

  static EngineException missing(Place place) {
    return EngineException.of(
        Reason.DatabaseMissing,
        "%s has no database %s: create it, or set postgresql.createDatabase: IfMissing before the first attachment"
            .formatted(place.server(), Schemas.of(place).database()));
  }
}
