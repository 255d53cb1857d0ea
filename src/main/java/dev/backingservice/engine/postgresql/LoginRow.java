package dev.backingservice.engine.postgresql;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.backingservice.engine.LoginMark;
import dev.backingservice.engine.Marks;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.jdbc.Values;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServerText;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Standing.Login;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// One login as the catalog has it.
///
/// @param attributes those that differ from what a login of ours has, as ALTER ROLE names the
///     cure
/// @param groups roles it is a member of
/// @param lent those of them that are logins: before 16, every login may make others members of
///     itself
/// @param settings as `database:name=value`; the database is empty for all of them. A role
///     makes its own settings, as many and as long as it likes: the first four, cut, tell
///     whether they are ours
/// @param holders who has its sessions, as far as the administrator may see it
record LoginRow(
    String name,
    long oid,
    boolean canLogin,
    Set<String> attributes,
    int connections,
    Set<String> groups,
    Set<String> lent,
    Set<String> settings,
    Optional<LoginMark> mark,
    int sessions,
    List<String> holders) {
  /// Reads logins by name, `$1`. A role is looked up for each membership: a join would go through
  /// all memberships for every role of the server where its statistics are old. A membership in a
  /// role that was dropped at the same moment may be left behind, and is none.
  static final String QUERY =
      """
      SELECT r.rolname, r.oid, r.rolcanlogin, r.rolconnlimit,
             pg_catalog.array_to_json(ARRAY[
               CASE WHEN r.rolsuper THEN 'NOSUPERUSER' END,
               CASE WHEN r.rolcreatedb THEN 'NOCREATEDB' END,
               CASE WHEN r.rolcreaterole THEN 'NOCREATEROLE' END,
               CASE WHEN r.rolreplication THEN 'NOREPLICATION' END,
               CASE WHEN r.rolbypassrls THEN 'NOBYPASSRLS' END,
               CASE WHEN NOT r.rolinherit THEN 'INHERIT' END]),
             pg_catalog.array_to_json(ARRAY(
               SELECT (SELECT g.rolname::text FROM pg_catalog.pg_roles g WHERE g.oid = m.roleid)
                 FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid)),
             pg_catalog.array_to_json(ARRAY(
               SELECT (SELECT g.rolname::text FROM pg_catalog.pg_roles g
                        WHERE g.oid = m.roleid AND g.rolcanlogin)
                 FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid)),
             pg_catalog.array_to_json(ARRAY(
               SELECT pg_catalog.left(coalesce(d.datname::text, '') || ':' || c, 800)
                 FROM pg_catalog.pg_db_role_setting s
                 LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
                      pg_catalog.unnest(s.setconfig) c WHERE s.setrole = r.oid
                ORDER BY 1 LIMIT 4)),
             pg_catalog.shobj_description(r.oid, 'pg_authid'),
             coalesce(a.sessions, 0), pg_catalog.array_to_json(a.holders)
        FROM pg_catalog.pg_roles r
        LEFT JOIN (SELECT usesysid, count(*) AS sessions,
                          (pg_catalog.array_agg(DISTINCT coalesce(application_name, '') || ' from ' || coalesce(client_addr::text, '?')))[1:3] AS holders
                     FROM pg_catalog.pg_stat_activity GROUP BY usesysid) a ON a.usesysid = r.oid
       WHERE r.rolname = ANY ($1)""";

  private static final String SEARCH_PATH = ":search_path=";

  /// Whether nobody logs in with it.
  boolean locked() {
    return !canLogin && connections == 0;
  }

  static LoginRow read(Values row, Marks marks) throws SQLException {
    return read(row, 0, marks);
  }

  /// @param before how many columns of something else come first
  static LoginRow read(Values row, int before, Marks marks) throws SQLException {
    var name = row.getString(before + 1);
    return new LoginRow(
        name,
        row.getLong(before + 2),
        row.getBoolean(before + 3),
        texts(row, before + 5),
        row.getInt(before + 4),
        texts(row, before + 6),
        texts(row, before + 7),
        texts(row, before + 8).stream().map(LoginRow::unquoted).collect(toUnmodifiableSet()),
        marks.read(name, row.getString(before + 9)).map(LoginMark::new),
        row.getInt(before + 10),
        texts(row, before + 11).stream().map(ServerText::clean).toList());
  }

  /// The settings that a login of this attachment has, and no others.
  static Set<String> settings(Order order, Attachment at, Roles roles) {
    var settings = new TreeSet<String>();
    var timeout = order.limits().statementTimeout();
    if (!timeout.isZero()) settings.add(":statement_timeout=" + timeout.toMillis());
    var scope = Schemas.of(at.place());
    if (at.access() == Access.Owner) settings.add(scope.database() + ":role=" + roles.owner());
    if (!scope.names().equals(List.of(Schemas.USUAL)))
      settings.add(scope.database() + SEARCH_PATH + String.join(", ", path(scope)));
    return settings;
  }

  /// What extensions bring is mostly in the usual schema.
  private static Set<String> path(Scope.Schema scope) {
    var path = new LinkedHashSet<>(scope.names());
    path.add(Schemas.USUAL);
    return path;
  }

  /// The server puts quotes around a name in a list where it needs them (manual, `quote_ident`). No
  /// schema of a place has quotes in its name.
  private static String unquoted(String setting) {
    return setting.contains(SEARCH_PATH) ? setting.replace("\"", "") : setting;
  }

  /// As the planner sees it: compared with the rights that its own mark says it was given.
  Login login(Order order, Marks marks) {
    return mark.orElse(LoginMark.NONE).login(holds(order, marks), sessions, holders);
  }

  Holds holds(Order order, Marks marks) {
    if (!ours(order, marks)) return Holds.Foreign;
    if (!canLogin && groups.equals(lent)) return Holds.Locked;
    return exact(order, marks, groups) ? Holds.Works : Holds.Differs;
  }

  /// Whether it holds what it was given, and besides that at most what other logins lent it.
  boolean holdsItsOwn(Order order, Marks marks) {
    var own = new TreeSet<>(groups);
    own.removeAll(lent);
    return ours(order, marks) && exact(order, marks, own);
  }

  private boolean exact(Order order, Marks marks, Set<String> groups) {
    var roles = Roles.of(marks, order.place());
    var at = new Attachment(order.place(), "", name, access(), Math.max(1, epoch()));
    return canLogin
        && attributes.isEmpty()
        && superseded() == 0
        && uid().equals(order.service().uid())
        && connections == order.limits().connections()
        && groups.equals(Set.of(roles.group(access())))
        && settings.equals(settings(order, at, roles));
  }

  /// Whether it carries our seal for this service, be it of an earlier object of the same name.
  private boolean ours(Order order, Marks marks) {
    return mark.filter(m -> m.belongsTo(order, marks)).isPresent();
  }

  String uid() {
    return mark.map(LoginMark::uid).orElse("");
  }

  long epoch() {
    return mark.map(LoginMark::epoch).orElse(0L);
  }

  /// The epoch that took its place; 0 while none did.
  long superseded() {
    return mark.map(LoginMark::superseded).orElse(0L);
  }

  /// The rights it was given.
  Access access() {
    return mark.map(LoginMark::access).orElse(Access.ReadWrite);
  }

  private static Set<String> texts(Values row, int column) throws SQLException {
    return new TreeSet<>(row.getTexts(column));
  }
}
