package dev.backingservice.engine.postgresql;

import dev.backingservice.engine.Claim;
import dev.backingservice.engine.EngineException;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
  void ensure(Sql sql, Claim claim) throws SQLException, EngineException {
    var roles = Roles.of(claim.place());
    var comments = comments(sql, roles);
    for (var role : roles.all()) {
      if (!comments.containsKey(role)) create(sql, role, wanted(role, roles, claim));
      else checkMark(role, comments.get(role));
    }
    checkClaim(claim, comments.get(roles.claim()), roles.claim());
    member(sql, roles.owner(), currentUser(sql), "WITH INHERIT FALSE, SET TRUE");
    member(sql, roles.readOnly(), roles.readWrite(), "WITH INHERIT TRUE, SET FALSE");
    member(sql, roles.readWrite(), roles.owner(), "WITH INHERIT TRUE, SET FALSE");
    grantDatabase(sql, claim.place(), roles);
  }

  private static Map<String, @Nullable String> comments(Sql sql, Roles roles) throws SQLException {
    var comments = new HashMap<String, @Nullable String>();
    sql.query(
        "SELECT rolname, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = ANY ($1)",
        row -> comments.put(row.getString(1), row.getString(2)),
        (Object) roles.all().toArray(String[]::new));
    return comments;
  }

  private void create(Sql sql, String role, Map<String, String> fields) throws SQLException {
    sql.run("CREATE ROLE " + Sql.name(role) + " " + Roles.PLAIN);
    sql.run("COMMENT ON ROLE " + Sql.name(role) + " IS " + Sql.text(marks.write(role, fields)));
  }

  private static Map<String, String> wanted(String role, Roles roles, Claim claim) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("database", claim.place().database());
    if (role.equals(roles.claim())) {
      fields.put("kind", "claim");
      fields.put("namespace", claim.service().namespace());
    } else {
      fields.put("kind", "group");
      fields.put("schema", claim.place().schema());
    }
    return fields;
  }

  /// A role that was there before must carry our seal.
  private void checkMark(String role, @Nullable String comment) throws EngineException {
    if (marks.read(role, comment).isPresent()) return;
    throw EngineException.of(
        Reason.NameTaken,
        "the role %s exists and was not made by this operator: rename it".formatted(role));
  }

  private void checkClaim(Claim claim, @Nullable String comment, String role)
      throws EngineException {
    var owner =
        marks
            .read(role, comment)
            .map(m -> String.valueOf(m.get("namespace")))
            .orElse(claim.service().namespace());
    if (mayUse(claim, owner)) return;
    throw EngineException.of(
        Reason.ServerNotAvailable,
        "the server %s does not exist or does not admit this namespace to database %s"
            .formatted(claim.place().server(), claim.place().database()));
  }

  private static boolean mayUse(Claim claim, String owner) {
    Set<String> shared = claim.sharedWith();
    var namespace = claim.service().namespace();
    return shared.isEmpty() ? owner.equals(namespace) : shared.contains(namespace);
  }

  /// `GRANT group TO member`, when it is not one already.
  static void member(Sql sql, String group, String member, String options) throws SQLException {
    boolean modern = modern(sql);
    if (sql.holds(modern && options.contains("SET TRUE") ? CAN_SET : IS_MEMBER, group, member))
      return;
    sql.run(
        "GRANT %s TO %s %s".formatted(Sql.name(group), Sql.name(member), modern ? options : ""));
  }

  private static final String IS_MEMBER =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles u ON u.oid = m.member WHERE g.rolname = $1 AND u.rolname = $2)";
  private static final String CAN_SET = IS_MEMBER.replace(" WHERE ", " WHERE m.set_option AND ");

  /// Whether memberships have options of their own (16 and newer).
  static boolean modern(Sql sql) throws SQLException {
    return sql.holds("SELECT pg_catalog.current_setting('server_version_num')::int >= 160000");
  }

  private static String currentUser(Sql sql) throws SQLException {
    return sql.first("SELECT current_user", row -> row.getString(1)).orElseThrow();
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
                place.database())
            .orElseThrow(() -> missing(place));
    var database = Sql.name(place.database());
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
          "on %s the administrator may not grant on database %s: let its owner run ALTER DATABASE %s OWNER TO %s, or GRANT %s TO %s"
              .formatted(
                  place.server(),
                  place.database(),
                  database,
                  Sql.name(me),
                  Sql.name(owner),
                  Sql.name(me)));
  }

  private static boolean granted(Sql sql, Place place, Roles roles) throws SQLException {
    return sql.holds(
        """
        SELECT count(*) = 3 FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
          JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
         WHERE d.datname = $1 AND (r.rolname = $2 AND a.privilege_type = 'CONNECT'
            OR r.rolname = $3 AND a.privilege_type IN ('CREATE', 'TEMPORARY'))""",
        place.database(),
        roles.readOnly(),
        roles.owner());
  }

  static EngineException missing(Place place) {
    return EngineException.of(
        Reason.DatabaseMissing,
        "%s has no database %s: create it, or set postgresql.createDatabase: IfMissing before the first attachment"
            .formatted(place.server(), place.database()));
  }
}
