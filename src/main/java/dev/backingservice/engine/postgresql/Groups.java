package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Order;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The group roles of one place, the namespace that claims its database, and the grants on that
/// database.
final class Groups {
  private static final String NAMESPACE = "namespace";
  private static final String UID = "namespace-uid";
  private final Marks marks;

  Groups(Marks marks) {
    this.marks = marks;
  }

  /// Makes them stand, inside a transaction in the administrator's database.
  void ensure(Sql sql, Order order) throws SQLException, EngineException {
    var roles = marks.roles(order.place());
    var comments = comments(sql, roles);
    for (var role : roles.all()) {
      if (!comments.containsKey(role)) create(sql, role, wanted(role, roles, order));
      else checkMark(role, comments.get(role), wanted(role, roles, order));
    }
    checkClaim(order, comments.get(roles.claim()), roles.claim());
    Memberships.grant(sql, roles.owner(), currentUser(sql), "WITH INHERIT FALSE, SET TRUE");
    Memberships.grant(sql, roles.readOnly(), roles.readWrite(), "WITH INHERIT TRUE, SET FALSE");
    Memberships.grant(sql, roles.readWrite(), roles.owner(), "WITH INHERIT TRUE, SET FALSE");
    grantDatabase(sql, order.place(), roles);
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

  private static Map<String, String> wanted(String role, Roles roles, Order order) {
    if (role.equals(roles.claim())) return claim(order);
    var scope = Schemas.of(order.place());
    return Map.of("kind", "group", "database", scope.database(), "schema", scope.schema());
  }

  /// What the mark of a database's claim says.
  static Map<String, String> claim(Order order) {
    return Map.of(
        "kind",
        "claim",
        "database",
        Schemas.of(order.place()).database(),
        NAMESPACE,
        order.service().namespace(),
        UID,
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
                .filter(e -> !Set.of(NAMESPACE, UID).contains(e.getKey()))
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
    var roles = marks.roles(order.place());
    var comments = comments(sql, roles);
    if (comments.containsKey(roles.claim()))
      checkClaim(order, comments.get(roles.claim()), roles.claim());
  }

  /// Whether a database is claimed by nobody else.
  boolean admits(Sql sql, Order order) throws SQLException {
    var role = marks.roles(order.place()).claim();
    return marks
        .read(role, comments(sql, marks.roles(order.place())).get(role))
        .map(claim -> mayUse(order, claim))
        .orElse(true);
  }

  private void checkClaim(Order order, @Nullable String comment, String role)
      throws EngineException {
    var claim = marks.read(role, comment).orElse(claim(order));
    if (mayUse(order, claim)) return;
    throw EngineException.of(
        Reason.ServerNotAvailable,
        "database %s on %s belongs to another namespace or is not listed for this one: ask the platform team, or name another database"
            .formatted(Schemas.of(order.place()).database(), order.place().server()));
  }

  /// A namespace that was made anew under a name inherits nothing.
  private static boolean mayUse(Order order, Map<String, String> claim) {
    var namespace = order.service().namespace();
    if (!order.sharedWith().isEmpty()) return order.sharedWith().contains(namespace);
    return namespace.equals(claim.get(NAMESPACE))
        && order.namespaceUid().equals(claim.getOrDefault(UID, ""));
  }

  private static String currentUser(Sql sql) throws SQLException {
    return sql.one("SELECT current_user", row -> row.getString(1));
  }

  /// A GRANT that does nothing is only a warning: what holds is read back.
  private static void grantDatabase(Sql sql, Place place, Roles roles)
      throws SQLException, EngineException {
    if (granted(sql, place, roles)) return;
    var me = currentUser(sql);
    var owner =
        sql.first(
                "SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = $1",
                row -> row.getString(1),
                Schemas.of(place).database())
            .orElseThrow(() -> missing(place));
    var database = Sql.name(Schemas.of(place).database());
    if (Administrator.actAs(sql, owner)) {
      sql.run(
          "GRANT CONNECT ON DATABASE %s TO %s, session_user"
              .formatted(database, Sql.name(roles.readOnly())));
      sql.run(
          "GRANT CREATE, TEMPORARY ON DATABASE %s TO %s"
              .formatted(database, Sql.name(roles.owner())));
    }
    sql.run("SET LOCAL ROLE " + Sql.name(me));
    if (!granted(sql, place, roles))
      throw EngineException.of(
          Reason.PrivilegesIncomplete,
          "on %s the administrator may not grant on database %s: let its owner grant CONNECT ON DATABASE %s TO %s and the administrator's role, and CREATE, TEMPORARY ON DATABASE %s TO %s"
              .formatted(
                  place.server(),
                  Schemas.of(place).database(),
                  database,
                  Sql.name(roles.readOnly()),
                  database,
                  Sql.name(roles.owner())));
  }

  private static boolean granted(Sql sql, Place place, Roles roles) throws SQLException {
    return sql.holds(
        """
        SELECT count(*) = 3 FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
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
