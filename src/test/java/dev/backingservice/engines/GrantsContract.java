package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Want;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Inventory;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Databases that had a life before: relations of many owners, made at any time, by anybody.
abstract class GrantsContract extends PostgresContract {
  /// Passwords of another service's logins.
  private final Map<String, String> readers = new HashMap<>();

  private static final int LARGE_OBJECT = 4711;

  GrantsContract(int major) {
    super(major);
  }

  /// A table of an owner for whom the administrator may not act.
  private void foreignTable() throws Exception {
    postgres.execute(
        database(),
        "CREATE ROLE foreign_%s NOLOGIN".formatted(database()),
        "CREATE TABLE foreigners (id int)",
        "ALTER TABLE foreigners OWNER TO foreign_%s".formatted(database()));
  }

  private void run(Attachment at, String statement) throws SQLException {
    var known = readers.get(at.login());
    try (var session = known == null ? session(at) : session(at.login(), known)) {
      session.createStatement().execute(statement);
    }
  }

  private void refused(Attachment at, String statement) {
    assertThatThrownBy(() -> run(at, statement)).hasMessageContaining("permission denied");
  }

  private Entry inspect(Attachment at) throws EngineException {
    return engine(1).inspect(server(), order(), credential(at));
  }

  @Test
  void aTableOfAStrangerStopsNothingAndIsAFindingWithItsGrants() throws Exception {
    // Given
    foreignTable();

    // When
    var at = open(Access.ReadWrite);

    // Then
    run(at, "INSERT INTO writes DEFAULT VALUES");
    refused(at, "SELECT * FROM foreigners");
    anotherProcess();
    letIn(at);
    ensure(want(slotB(Access.Owner, 2), LoginState.Prepared));
    try (var session = engine(1).open(server())) {
      var there = (Inventory.Names) session.inventory(order()).orElseThrow();
      assertThat(there.names()).contains("writes").doesNotContain("foreigners");
      assertThat(there.closed().get("foreigners"))
          .startsWith("let \"foreign_" + database())
          .contains("GRANT SELECT ON TABLE \"public\".\"foreigners\" TO");
    }
    var finding = foreignOwner();
    assertThat(finding.message()).contains("foreign_" + database());
    assertThat(finding.remedy()).doesNotContain("bs_admin").doesNotContain(" TO \"foreign_");

    // When its owner does what is said
    var grants = finding.remedy().substring(finding.remedy().indexOf("GRANT"));
    postgres.execute(database(), "SET ROLE foreign_" + database() + "; " + grants);
    anotherProcess();
    ensure(want(at, LoginState.Active));
    ensure(want(slotB(Access.ReadWrite, 2), LoginState.Prepared));

    // Then
    run(at, "INSERT INTO foreigners VALUES (1)");
    assertThat(findings()).doesNotContain(Finding.Id.ForeignOwner);
  }

  /// Logins change with every swap; what names the groups goes on to hold.
  @Test
  void policiesForTheGroupsHoldForTheirLogins() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    var group =
        postgres.ask(
            "postgres",
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'bs\\_%%\\_ro' AND pg_has_role('%s', oid, 'MEMBER')"
                .formatted(at.login()));
    var writers = group.substring(0, group.length() - "ro".length()) + "rw";

    // When
    postgres.execute(
        database(),
        "ALTER TABLE writes ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY readers ON writes FOR SELECT TO %s USING (id > 1)".formatted(group));

    // Then
    assertThatThrownBy(() -> run(at, "INSERT INTO writes VALUES (3)"))
        .hasMessageContaining("row-level security");

    // When
    postgres.execute(
        database(),
        "CREATE POLICY writers ON writes FOR INSERT TO %s WITH CHECK (true)".formatted(writers));

    // Then
    run(at, "INSERT INTO writes VALUES (1), (3)");
    try (var session = session(at);
        var rows = session.createStatement().executeQuery("SELECT count(*) FROM writes")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void anEventTriggerThatLetsTheAdministratorsRolesPassStopsNothing() throws Exception {
    // Given
    var refuse = "BEGIN %s RAISE EXCEPTION 'no DDL here'; END";
    trigger(refuse.formatted(""));

    // Then
    assertThatThrownBy(() -> open(Access.Owner)).hasMessageContaining("P0001");

    // When
    trigger(
        refuse.formatted(
            "IF pg_has_role('bs_admin', current_user, 'MEMBER') THEN RETURN; END IF;"));

    // Then
    var at = open(Access.Owner);
    ensure(want(at, LoginState.Absent));
    postgres.execute(database(), "DROP EVENT TRIGGER guard");
  }

  private void trigger(String body) throws SQLException {
    postgres.execute(
        database(),
        "DROP EVENT TRIGGER IF EXISTS guard",
        "CREATE OR REPLACE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ %s $$"
            .formatted(body),
        "CREATE EVENT TRIGGER guard ON ddl_command_start EXECUTE FUNCTION guard()");
  }

  private Finding foreignOwner() throws EngineException {
    return finding(Finding.Id.ForeignOwner);
  }

  private Finding finding(Finding.Id id) throws EngineException {
    try (var session = engine(1).open(server())) {
      return session.examine().findings().stream()
          .filter(f -> f.id() == id)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void ofAnOwnerForWhomTheAdministratorMayActTheTableIsGranted() throws Exception {
    foreignTable();
    postgres.execute("postgres", "GRANT foreign_%s TO bs_admin".formatted(database()));

    var at = open(Access.ReadWrite);

    run(at, "INSERT INTO foreigners VALUES (1)");
  }

  @Test
  void whatEveryRoleMayDoIsAFindingAndSaidOfLoginsThatHoldMoreThanTheirLevel() throws Exception {
    // Given
    anotherProcess();
    postgres.execute(database(), "GRANT CREATE ON SCHEMA public TO PUBLIC");

    // When
    var writer = open(Access.ReadWrite);

    // Then
    var said = beyond(knock(writer));
    assertThat(said.reason()).isEqualTo(Reason.PrivilegesIncomplete);
    assertThat(said.message())
        .contains("holds more than ReadWrite", "create objects in schema public")
        .contains("REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC");
    assertThat(beyond(inspect(writer))).isEqualTo(said);
    assertThat(open().remedy()).contains("REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC");

    // When its owner does what is said
    postgres.execute(database(), "REVOKE CREATE ON SCHEMA public FROM PUBLIC");

    // Then
    assertThat(((Entry.LetIn) inspect(writer)).beyond()).isEmpty();
    assertThat(findings()).doesNotContain(Finding.Id.SchemaOpen);

    // When
    var reader = slotB(Access.ReadOnly, 2);
    ensure(want(reader, LoginState.Prepared));
    postgres.execute(database(), "GRANT INSERT ON writes TO PUBLIC");

    // Then
    assertThat(beyond(inspect(reader)).message())
        .contains("change the rows of \"writes\"")
        .contains("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON \"public\".\"writes\" FROM PUBLIC");
    assertThat(((Entry.LetIn) inspect(writer)).beyond()).isEmpty();
  }

  /// A name that SQL quotes.
  @Test
  void aLoginFindsItsSchemaWithoutNamingIt() throws Exception {
    // Given
    place = new Place("blue", new Scope.Schema(database(), "Reports"));
    postgres.execute(database(), "CREATE SCHEMA \"Reports\" AUTHORIZATION bs_admin");

    // When
    var owner = open(Access.Owner);

    // Then
    run(owner, "CREATE TABLE monthly (id int)");
    assertThat(
            postgres.ask(
                database(),
                "SELECT schemaname FROM pg_catalog.pg_tables WHERE tablename = 'monthly'"))
        .isEqualTo("Reports");
    assertThat(standing(owner).find(owner.login()).orElseThrow().holds()).isEqualTo(Holds.Works);

    // When it looks elsewhere
    run(owner, "SET ROLE NONE; ALTER ROLE CURRENT_USER SET search_path = public");

    // Then
    assertThat(standing(owner).find(owner.login()).orElseThrow().holds()).isEqualTo(Holds.Differs);
    ensure(want(owner, LoginState.Active));
    run(owner, "INSERT INTO monthly VALUES (1)");

    // When
    var writer = slotB(Access.ReadWrite, 2);
    ensure(want(writer, LoginState.Prepared));

    // Then
    run(writer, "INSERT INTO monthly VALUES (2)");
  }

  @Test
  void severalSchemasAreUsedWithOneLevel() throws Exception {
    // Given
    place = new Place("blue", new Scope.Schema(database(), "public", "audit"));
    postgres.execute(
        database(),
        "CREATE SCHEMA audit AUTHORIZATION bs_admin",
        "CREATE TABLE audit.entries (id bigserial)",
        "ALTER TABLE audit.entries OWNER TO bs_admin");

    // When
    var writer = open(Access.ReadWrite);

    // Then
    run(writer, "INSERT INTO writes DEFAULT VALUES");
    run(writer, "INSERT INTO entries DEFAULT VALUES");
    refused(writer, "CREATE TABLE audit.mine (id int)");
    try (var session = engine(1).open(server())) {
      assertThat(names(session.inventory(order()))).contains("writes", "audit.entries");
    }

    // When
    var reader = slotB(Access.ReadOnly, 2);
    ensure(want(reader, LoginState.Prepared));

    // Then
    run(reader, "SELECT * FROM entries");
    refused(reader, "INSERT INTO entries DEFAULT VALUES");
    letIn(reader);

    // When one of them is gone
    postgres.execute(database(), "DROP SCHEMA audit CASCADE");
    anotherProcess();

    // Then
    var missing =
        catchThrowableOfType(
            EngineException.class,
            () -> ensure(want(slotB(Access.ReadOnly, 3), LoginState.Active)));
    assertThat(missing.reason()).isEqualTo(Reason.SchemaMissing);
    assertThat(missing.sentence()).contains("audit");
  }

  @Test
  void functionsWithTheRightsOfTheirOwnerAndOpenLargeObjectsAreFindings() throws Exception {
    // Given
    anotherProcess(); // what other databases hold was seen by the one before
    var at = open(Access.ReadWrite);
    postgres.execute(
        database(),
        "CREATE FUNCTION public.empty() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM public.writes'");

    // When
    assertThat(((Entry.LetIn) inspect(at)).beyond()).isEmpty();

    // Then
    assertThat(open().message())
        .contains("execute function \"empty\" with the rights of its owner");

    // When
    postgres.execute(
        database(),
        "REVOKE EXECUTE ON FUNCTION public.empty() FROM PUBLIC",
        "SELECT lo_create(%d)".formatted(LARGE_OBJECT),
        "GRANT UPDATE ON LARGE OBJECT %d TO PUBLIC".formatted(LARGE_OBJECT));
    inspect(at);

    // Then
    assertThat(open().message()).contains("use large object " + LARGE_OBJECT);
  }

  private static Failure beyond(Entry entry) {
    return ((Entry.LetIn) entry).beyond().orElseThrow();
  }

  private Finding open() throws EngineException {
    return finding(Finding.Id.SchemaOpen);
  }

  @Test
  void whatAnExtensionBroughtIsTheExtensionsToGrant() throws Exception {
    postgres.execute(
        database(),
        "CREATE TABLE reference (id int)",
        "ALTER EXTENSION plpgsql ADD TABLE reference");

    open(Access.ReadWrite);

    assertThat(findings()).doesNotContain(Finding.Id.ForeignOwner);
  }

  @Test
  void whatTheAdministratorMakesLaterIsUsedAtOnce() throws Exception {
    // Given
    var reader = open(Access.ReadOnly);
    var writer = slotB(Access.ReadWrite, 2);
    ensure(want(writer, LoginState.Prepared));

    // When
    postgres.execute(
        database(), "SET ROLE bs_admin", "CREATE TABLE later (id serial)", "RESET ROLE");

    // Then
    run(writer, "INSERT INTO later DEFAULT VALUES");
    run(reader, "SELECT * FROM later");
  }

  @Test
  void whatIsDroppedAndRestoredIsMissedAndGivenBack() throws Exception {
    // Given
    postgres.execute(
        "postgres",
        "CREATE ROLE legacy_%s NOLOGIN".formatted(database()),
        "GRANT legacy_%s TO bs_admin".formatted(database()));
    var at = open(Access.ReadWrite);
    assertThat(inspect(at)).isInstanceOf(Entry.LetIn.class);

    // When
    postgres.execute(
        database(),
        "DROP TABLE writes",
        "CREATE TABLE writes (id bigserial PRIMARY KEY)",
        "ALTER TABLE writes OWNER TO legacy_%s".formatted(database()));

    // Then
    refused(at, "INSERT INTO writes DEFAULT VALUES");
    assertThat(inspect(at))
        .isInstanceOfSatisfying(
            Entry.Different.class,
            different ->
                assertThat(different.failure().reason()).isEqualTo(Reason.PrivilegesIncomplete));
    ensure(want(at, LoginState.Active));
    run(at, "INSERT INTO writes DEFAULT VALUES");
    assertThat(inspect(at)).isInstanceOf(Entry.LetIn.class);
  }

  @Test
  void whatRelationsCallIsExecutedAndNothingElseOfTheOwners() throws Exception {
    // Given
    var owner = slotB(Access.Owner, 1);
    ensure(want(owner, LoginState.Active));
    run(
        owner,
        """
        CREATE FUNCTION next_number() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE FUNCTION shown(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
        CREATE FUNCTION valid(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0';
        CREATE FUNCTION secret() RETURNS int LANGUAGE sql AS 'SELECT 42';
        CREATE TABLE numbered (id int DEFAULT next_number() CHECK (valid(id)));
        CREATE INDEX ON numbered (valid(id));
        CREATE VIEW numbers AS SELECT shown(id) FROM numbered""");

    // When
    anotherProcess();
    var at = slotA(Access.ReadWrite, 1);
    ensure(want(at, LoginState.Active));

    // Then
    run(at, "INSERT INTO numbered DEFAULT VALUES");
    run(at, "SELECT * FROM numbers");
    refused(at, "SELECT secret()");

    var reader = reader();
    run(reader, "SELECT * FROM numbers");
    refused(reader, "SELECT next_number()");

    // When
    run(
        owner,
        """
        CREATE FUNCTION later_number() RETURNS int LANGUAGE sql AS 'SELECT 2';
        ALTER TABLE numbered ALTER id SET DEFAULT later_number()""");

    // Then
    refused(at, "INSERT INTO numbered DEFAULT VALUES");
    assertThat(inspect(at)).isInstanceOf(Entry.Different.class);
    ensure(want(at, LoginState.Active));
    run(at, "INSERT INTO numbered DEFAULT VALUES");
    assertThat(inspect(at)).isInstanceOf(Entry.LetIn.class);
  }

  private Attachment reader() throws Exception {
    var reader = new ServiceId("shop", "reader", "uid-reader");
    var at = new Attachment(place, "", KEY.logins(reader).a(), Access.ReadOnly, 1);
    var order = new Order(reader, "namespace-uid", place, order().limits(), Set.of());
    try (var session = engine(1).open(server())) {
      session.ensure(
          order,
          List.of(
              new Want(at, LoginState.Active, 0, KEY.password(reader, at), KEY.salt(reader, at))));
    }
    readers.put(at.login(), KEY.password(reader, at).reveal());
    return at;
  }

  @Test
  void aRoutineThatTheOwnerHidesStopsNobody() throws Exception {
    // Given
    var owner = slotB(Access.Owner, 1);
    ensure(want(owner, LoginState.Active));
    run(
        owner,
        """
        CREATE SCHEMA hidden;
        CREATE FUNCTION hidden.number() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TABLE numbered (id int DEFAULT hidden.number());
        ALTER SCHEMA hidden OWNER TO "%s";
        REVOKE ALL ON SCHEMA hidden FROM "%s"
        """
            .formatted(owner(), owner()));
    anotherProcess();

    // When
    var at = slotA(Access.ReadWrite, 1);
    ensure(want(at, LoginState.Active));

    // Then
    run(at, "INSERT INTO writes DEFAULT VALUES");
    assertThat(inspect(at)).isInstanceOf(Entry.LetIn.class);
  }

  @Test
  void aRoleOfAnotherInstallationIsAStrangerLikeAnyOther() throws Exception {
    postgres.execute(
        database(),
        "CREATE ROLE bs_%s_a NOLOGIN".formatted(database()),
        "CREATE TABLE theirs (id int)",
        "ALTER TABLE theirs OWNER TO bs_%s_a".formatted(database()));

    var at = open(Access.ReadWrite);

    assertThat(inspect(at)).isInstanceOf(Entry.LetIn.class);
    try (var session = engine(1).open(server())) {
      var there = (Inventory.Names) session.inventory(order()).orElseThrow();
      assertThat(there.closed()).containsKey("theirs");
    }
  }

  @Test
  void whatALoginAndItsGroupsWereGivenInAnotherDatabaseIsTakenBack() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    var elsewhere = database() + "_elsewhere";
    var groups = List.of(group("ro"), group("rw"));
    postgres.withDatabase(elsewhere);
    postgres.execute(
        elsewhere,
        "SET ROLE bs_admin",
        "CREATE TABLE shared (id int)",
        "GRANT SELECT ON shared TO \"%s\", \"%s\"".formatted(at.login(), groups.getFirst()),
        "SELECT lo_create(%d)".formatted(LARGE_OBJECT),
        "GRANT SELECT ON LARGE OBJECT %d TO \"%s\"".formatted(LARGE_OBJECT, at.login()));

    // When
    ensure(want(at, LoginState.Absent));
    try (var session = engine(1).open(server())) {
      session.drop(order());
    }

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Absent);
    for (var group : groups)
      assertThat(
              postgres.ask(
                  "postgres",
                  "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(group)))
          .as(group)
          .isEqualTo("0");
    assertThat(postgres.ask(elsewhere, "SELECT count(*) FROM shared")).isEqualTo("0");
    postgres.execute("postgres", "DROP DATABASE %s WITH (FORCE)".formatted(elsewhere));
  }

  @Test
  void whoMayNotGrantOnDatabaseAndSchemaPrintsStatementsThatWorkInTheirOrder() throws Exception {
    // Given
    database(database(), "OWNER TO postgres");
    postgres.execute(
        database(),
        "ALTER SCHEMA public OWNER TO postgres",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC");
    var at = slotA(Access.Owner, 1);

    // When
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Active)));

    // Then
    assertThat(refused.reason()).isEqualTo(Reason.PrivilegesIncomplete);
    assertThat(refused.sentence()).contains("let \"postgres\" run GRANT CONNECT ON DATABASE");
    assertThat(holds(at)).isEqualTo(Holds.Absent);

    // When
    for (var part : refused.sentence().split("let \"postgres\" run ")) {
      if (part.startsWith("GRANT")) postgres.execute(database(), part.replace("; then ", ""));
    }
    ensure(want(at, LoginState.Active));

    // Then
    letIn(at);
    run(at, "CREATE TABLE mine (id int)");
  }

  @Test
  void aLoginIsGivenNothingNewWhileItsGroupsLackSomethingAndKeepsWhatItHad() throws Exception {
    // Given
    var reader = open(Access.ReadOnly);
    database(database(), "OWNER TO postgres");
    postgres.execute(
        "postgres", "REVOKE ALL ON DATABASE %s FROM \"%s\"".formatted(database(), owner()));
    anotherProcess();
    var owner = reader.with(Access.ReadWrite);

    // Then
    lacking(owner, 0);
    assertThat(standing(reader).find(reader.login()).orElseThrow().access())
        .isEqualTo(Access.ReadOnly);

    // When
    ensure(want(reader, LoginState.Locked, 2));
    lacking(reader, 2);

    // Then
    assertThat(holds(reader)).isEqualTo(Holds.Works);
  }

  private void lacking(Attachment at, long superseding) {
    assertThat(
            catchThrowableOfType(
                    EngineException.class, () -> ensure(want(at, LoginState.Active, superseding)))
                .reason())
        .isEqualTo(Reason.PrivilegesIncomplete);
  }
}
