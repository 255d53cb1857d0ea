package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.Beacon;
import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.postgresql.BrokenOff;
import dev.backingservice.engine.postgresql.Collision;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.EngineKind;
import dev.backingservice.model.Finding;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Folders;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PostgreSQL's part: exact rights, and tenants who attack the administrator.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PostgresContract extends EngineContract {
  final int major;
  private final Pki pki = new Pki();
  private Path folder;
  Postgres postgres;
  private Server server;
  private Engine engine;

  PostgresContract(int major) {
    this.major = major;
  }

  @BeforeAll
  void start() throws IOException {
    folder = Files.createTempDirectory("backing-engine-");
    postgres = Postgres.start("blue", major, folder, pki);
    server = server(postgres, pki);
    engine = new PostgresEngine(KEY, new FixedTerm(1), 4);
  }

  static Server server(Postgres postgres, Pki pki) {
    var endpoint = new Endpoint("127.0.0.1", postgres.port());
    return new Server(
        "blue",
        "uid",
        endpoint,
        endpoint,
        "postgres",
        Postgres.ADMIN,
        new Sensitive(Postgres.ADMIN_PASSWORD),
        new Trust(Trust.Mode.VerifyFull, pki.anchor(), false),
        Server.ClientCertificate.Offered);
  }

  @AfterAll
  void stop() {
    engine.keep(List.of());
    postgres.close();
    Folders.delete(folder);
  }

  @Override
  Engine engine(long term) {
    return term == 1 ? engine : new PostgresEngine(KEY, new FixedTerm(term), 4);
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  Scope scope(String database) {
    return new Scope.Schema(database, "public");
  }

  @Override
  void database(String name) throws SQLException {
    postgres.execute("postgres", "DROP ROLE IF EXISTS \"bs_%s\"".formatted(KEY.instance()));
    postgres.withDatabase(name);
    postgres.execute(
        name,
        "CREATE TABLE writes (id bigserial PRIMARY KEY)",
        "ALTER TABLE writes OWNER TO bs_admin");
  }

  @Override
  Connection session(String login, String password) throws SQLException {
    return postgres.login(database(), login, password);
  }

  Connection session(Attachment at) throws SQLException {
    return session(at.login(), KEY.password(service, at).reveal());
  }

  @Override
  boolean alive(AutoCloseable session) throws SQLException {
    return ((Connection) session).isValid(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRUNCATE writes",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "SELECT owners()",
        "SET ROLE bs_admin",
        "CREATE ROLE mine",
        "ALTER TABLE writes ADD COLUMN mine int",
        "CREATE SCHEMA mine",
        "COPY writes TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')"
      })
  void readWriteMayNot(String statement) throws Exception {
    // Given
    var owner = slotB(Access.Owner, 1);
    createdByUs();
    ensure(want(owner, LoginState.Active));
    try (var session = session(owner)) {
      session.createStatement().execute("CREATE TABLE writes (id bigserial PRIMARY KEY)");
      session
          .createStatement()
          .execute("CREATE FUNCTION owners() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    }
    var at = open(Access.ReadWrite);

    // Then
    try (var session = session(at)) {
      assertThatThrownBy(() -> session.createStatement().execute(statement))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      session.createStatement().execute("INSERT INTO writes DEFAULT VALUES");
      session.createStatement().execute("UPDATE writes SET id = id + 1000");
      session.createStatement().execute("DELETE FROM writes");
    }
  }

  /// On other databases PUBLIC keeps what it had: unmanaged clients may live there.
  private void createdByUs() throws Exception {
    postgres.execute("postgres", "DROP DATABASE " + database());
    try (var session = engine(1).open(server())) {
      session.createMissing(order());
    }
  }

  @Test
  void aDatabaseThatPublicMayEnterIsAFindingWithItsRemedy() throws Exception {
    open(Access.ReadWrite);
    postgres.execute("postgres", "GRANT CONNECT ON DATABASE %s TO PUBLIC".formatted(database()));
    assertThat(findings()).contains(Finding.Id.DatabaseOpen);
    postgres.execute("postgres", "REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(database()));
    try (var session = engine(1).open(server())) {
      assertThat(session.examine().findings())
          .noneMatch(f -> f.remedy().contains("DATABASE " + database() + " "));
    }
  }

  @Test
  void anAdministratorWhoMayNotConnectIsToldWhatToGrant() throws Exception {
    postgres.execute(
        "postgres", "REVOKE CONNECT ON DATABASE %s FROM %s".formatted(database(), Postgres.ADMIN));
    try (var session = engine(1).open(server())) {
      var refused = catchThrowableOfType(EngineException.class, () -> session.inventory(order()));
      assertThat(refused.reason()).isEqualTo(Reason.AdminTooWeak);
      assertThat(refused.sentence())
          .contains("GRANT CONNECT ON DATABASE %s TO %s".formatted(database(), Postgres.ADMIN));
    }
  }

  @Test
  void aLoginMayNotEnterOtherDatabasesNorBecomeAnother() throws Exception {
    var at = open(Access.ReadWrite);
    var other = slotB(Access.ReadWrite, 2);
    ensure(want(other.with(Access.Owner), LoginState.Active));
    assertThatThrownBy(
            () -> postgres.login("postgres", at.login(), KEY.password(service, at).reveal()))
        .hasMessageContaining("permission denied for database");
    try (var session = session(at)) {
      for (var role : List.of(other.login(), owner()))
        assertThatThrownBy(() -> session.createStatement().execute("SET ROLE \"" + role + "\""))
            .hasMessageContaining("permission denied");
    }
  }

  @Test
  void aReaderReadsWhatTheMigratorMakesLaterAndNothingElse() throws Exception {
    // Given
    var reader = slotA(Access.ReadOnly, 1);
    ensure(want(reader, LoginState.Active));
    letIn(reader);
    var migrator = slotB(Access.Owner, 2);
    ensure(want(migrator, LoginState.Active));
    letIn(migrator);

    // When
    try (var session = session(migrator)) {
      session.createStatement().execute("CREATE TABLE later (id serial)");
      session.createStatement().execute("TRUNCATE later");
    }

    // Then
    try (var session = session(reader)) {
      session.createStatement().execute("SELECT * FROM later");
      session.createStatement().execute("SELECT * FROM writes");
      assertThatThrownBy(() -> session.createStatement().execute("INSERT INTO later VALUES (1)"))
          .hasMessageContaining("permission denied");
    }
    assertThat(
            postgres.ask(database(), "SELECT tableowner FROM pg_tables WHERE tablename = 'later'"))
        .isEqualTo(owner());
  }

  @Test
  void rightsThatSomebodyTookAwayAreMissedAtALaterLoginAndGivenBack() throws Exception {
    for (var access : Access.values()) {
      // Given
      make();
      var at = open(access);
      postgres.execute(database(), "REVOKE SELECT ON writes FROM \"%s\"".formatted(group("ro")));
      letIn(at); // what was granted a moment ago may be taken away by whoever owns it
      anotherProcess();

      // Then
      assertThat(knock(at))
          .isInstanceOfSatisfying(
              Entry.Different.class,
              different ->
                  assertThat(different.failure().reason()).isEqualTo(Reason.PrivilegesIncomplete));

      // When
      ensure(want(at, LoginState.Active));

      // Then
      anotherProcess();
      letIn(at);
    }
  }

  @Test
  void aTableThatALoginMadeForItselfStandsInNobodysWay() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute("SET ROLE NONE");
      statement.execute("CREATE TABLE mine (id int)");
    }
    anotherProcess();

    // When
    var next = slotB(Access.ReadWrite, 2);
    ensure(want(next, LoginState.Prepared));

    // Then
    anotherProcess();
    letIn(next);
  }

  @Test
  void anUndoLetsTheOldLoginInWhateverTheDatabaseLacks() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    ensure(want(at, LoginState.Locked, 2));
    database(database(), "OWNER TO postgres");
    postgres.execute(
        "postgres", "REVOKE ALL ON DATABASE %s FROM \"%s\"".formatted(database(), owner()));
    anotherProcess();

    // When
    assertThatThrownBy(() -> ensure(want(at, LoginState.Active, 2)))
        .isInstanceOf(EngineException.class);

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void whatSomebodyElseGrantedToALoginEndsNobodysSession() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    try (var tenant = session(at)) {
      postgres.execute(
          "postgres",
          "CREATE ROLE reporting_%s NOLOGIN".formatted(database()),
          "GRANT reporting_%s TO \"%s\"".formatted(database(), at.login()));

      // When, from 16 on only the grantor may revoke
      if (major < 16) ensure(want(at, LoginState.Active));
      else
        assertThatThrownBy(() -> ensure(want(at, LoginState.Active)))
            .hasMessageContaining("was granted");

      // Then
      assertThat(tenant.isValid(2)).isEqualTo(major >= 16);
    }
    postgres.execute("postgres", "DROP ROLE reporting_%s".formatted(database()));
  }

  /// Nothing is taken for granted of what an earlier process found complete.
  void anotherProcess() {
    engine.keep(List.of());
    engine = new PostgresEngine(KEY, new FixedTerm(1), 4);
  }

  @Test
  void anOperatorPlantedInTheSearchPathIsNotRun() throws Exception {
    // Given
    var at = slotA(Access.Owner, 1);
    ensure(want(at, LoginState.Active));
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute("CREATE SCHEMA evil");
      statement.execute(
          "CREATE FUNCTION evil.equals(name, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER ROLE \"%s\" CREATEROLE'; RETURN true; END $$"
              .formatted(at.login()));
      statement.execute("GRANT ALL ON SCHEMA evil TO PUBLIC");
      statement.execute("GRANT EXECUTE ON FUNCTION evil.equals(name, text) TO PUBLIC");
      statement.execute(
          "CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = text, FUNCTION = evil.equals)");
    }
    database(database(), "SET search_path = evil, pg_catalog");

    // When
    everything(at);

    // Then
    assertThat(strong(at)).isEqualTo("f");
  }

  @Test
  void settingsOfTheDatabaseInjectNothing() throws Exception {
    // Given
    var at = open(Access.Owner);
    database(database(), "SET standard_conforming_strings = off");
    database(database(), "SET backslash_quote = on");
    database(database(), "SET escape_string_warning = off");
    try (var tenant = session(at)) {
      tenant.createStatement().execute("CREATE TABLE \"x\\'; CREATE ROLE injected; --\" (id int)");
    }

    // When
    everything(at);

    // Then
    assertThat(postgres.ask("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'injected'"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET default_transaction_read_only = on",
        "SET lock_timeout = '1ms'",
        "SET statement_timeout = '1ms'",
        "SET client_encoding = 'SJIS'",
        "SET search_path = nowhere",
        "SET synchronous_commit = off"
      })
  void settingsOfTheDatabaseDoNotReachTheAdministrator(String setting) throws Exception {
    var at = open(Access.ReadWrite);
    database(database(), setting);
    everything(at);
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void aRoleSetByTheDatabaseDoesNotReachTheAdministrator() throws Exception {
    var at = open(Access.Owner);
    database(database(), "SET role = '%s'".formatted(owner()));
    everything(at);
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void whatATenantChangesOnItsOwnLoginIsPutRight() throws Exception {
    var at = open(Access.ReadWrite);
    try (var tenant = session(at)) {
      tenant.createStatement().execute("ALTER ROLE CURRENT_USER SET search_path = evil");
      tenant.createStatement().execute("ALTER ROLE CURRENT_USER PASSWORD 'mine'");
    }
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    ensure(want(at, LoginState.Active));
    assertThat(holds(at)).isEqualTo(Holds.Works);
    letIn(at);
    assertThatThrownBy(() -> postgres.login(database(), at.login(), "mine"))
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void anAttributeThatSomebodyAddedIsTakenAwayOrNamedWithItsCure() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    postgres.execute("postgres", "ALTER ROLE \"%s\" CREATEDB".formatted(at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Differs);

    // When
    ensure(want(at, LoginState.Active));

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Works);

    // When
    postgres.execute("postgres", "ALTER ROLE \"%s\" REPLICATION".formatted(at.login()));
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Active)));

    // Then
    assertThat(refused.reason()).isEqualTo(Reason.PrivilegesIncomplete);
    assertThat(refused.sentence()).contains("ALTER ROLE " + at.login() + " NOREPLICATION");
    letIn(at);
    postgres.execute("postgres", "ALTER ROLE \"%s\" NOREPLICATION".formatted(at.login()));
  }

  @Test
  void aPoolThatIsFullIsToldFromACredentialThatIsRefused() throws Exception {
    var at = open(Access.ReadWrite);
    postgres.execute("postgres", "ALTER ROLE \"%s\" CONNECTION LIMIT 1".formatted(at.login()));
    try (var only = session(at)) {
      assertThat(only.isValid(1)).isTrue();
      assertThat(knock(at)).isInstanceOf(Entry.Full.class);
    }
  }

  /// As a slot is on a promoted copy that was taken before the login in force was made.
  @Test
  void theEpochThatSupersededALoginTakesItsPlaceAndNoneBefore() throws Exception {
    var at = open(Access.ReadWrite);
    ensure(want(at, LoginState.Locked, at.epoch() + 2));
    var between = epoch(at, at.epoch() + 1);
    var successor = epoch(at, at.epoch() + 2);

    assertThatThrownBy(() -> ensure(want(between, LoginState.Active)))
        .hasMessageContaining("was superseded");
    ensure(want(successor, LoginState.Active));

    letIn(successor);
  }

  private static Attachment epoch(Attachment at, long epoch) {
    return new Attachment(at.place(), at.serverId(), at.login(), at.access(), epoch);
  }

  @Test
  void aDatabaseThatIsFullProvesNoCredential() throws Exception {
    var at = open(Access.ReadWrite);
    try {
      postgres.execute(
          "postgres", "ALTER DATABASE \"%s\" CONNECTION LIMIT 0".formatted(database()));
      assertThat(knock(at)).isInstanceOf(Entry.Crowded.class);
    } finally {
      postgres.execute(
          "postgres", "ALTER DATABASE \"%s\" CONNECTION LIMIT -1".formatted(database()));
    }
  }

  @Test
  void aDatabaseOfAnotherNamespaceIsRefusedBeforeItIsRead() throws Exception {
    open(Access.ReadWrite);
    var stranger = new ServiceId("elsewhere", service.name(), "uid-elsewhere");
    var order = new Order(stranger, "elsewhere-uid", place, order().limits(), Set.of());
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.checkClaim(order))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
      session.checkClaim(order());
    }
  }

  @Test
  void aNamespaceMadeAnewUnderANameInheritsNoDatabase() throws Exception {
    open(Access.ReadWrite);
    var heir = new Order(service, "another-namespace-uid", place, order().limits(), Set.of());
    try (var session = engine(2).open(server())) {
      assertThatThrownBy(
              () ->
                  session.ensure(
                      heir, List.of(want(slotB(Access.ReadWrite, 2), LoginState.Active))))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
    }
  }

  @Test
  void whatWasCreatedForAServiceGoesWithItAndNothingElse() throws Exception {
    // Given
    createdByUs();
    var at = open(Access.Owner);
    try (var tenant = session(at)) {
      tenant.createStatement().execute("CREATE TABLE mine (id int)");
    }

    // When somebody else still uses it
    ensure(want(slotB(Access.ReadWrite, 2), LoginState.Active), want(at, LoginState.Absent));
    drop();

    // Then
    assertThat(exists()).isEqualTo("1");

    // When
    ensure(want(slotB(Access.ReadWrite, 2), LoginState.Absent));
    drop();

    // Then
    assertThat(exists()).isEqualTo("0");
    assertThat(groups()).isEqualTo("0");
  }

  @Test
  void whoeverAsksToCreateADatabaseOfAnotherNamespaceTakesNothingOver() throws Exception {
    // Given
    createdByUs();
    var at = open(Access.Owner);
    ensure(want(at, LoginState.Locked));
    var thief =
        new Order(
            new ServiceId("thieves", "theirs", "their-uid"),
            "their-namespace-uid",
            place,
            order().limits(),
            Set.of());
    try (var session = engine(1).open(server())) {
      // When
      assertThatThrownBy(() -> session.createMissing(thief))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
      session.drop(thief);

      // When a service of the same namespace deletes what was not created for it
      session.drop(
          new Order(
              new ServiceId("shop", "another", "another-uid"),
              "namespace-uid",
              place,
              order().limits(),
              Set.of()));
    }

    // Then
    assertThat(exists()).isEqualTo("1");
  }

  @Test
  void aDatabaseThatWasThereBeforeIsNeverDropped() throws Exception {
    var at = open(Access.ReadWrite);
    ensure(want(at, LoginState.Absent));
    drop();
    assertThat(exists()).isEqualTo("1");
    assertThat(postgres.ask(database(), "SELECT count(*) FROM writes")).isEqualTo("0");
  }

  private void drop() throws EngineException {
    try (var session = engine(1).open(server())) {
      session.drop(order());
    }
  }

  private String exists() throws SQLException {
    return postgres.ask(
        "postgres", "SELECT count(*) FROM pg_database WHERE datname = '%s'".formatted(database()));
  }

  private String groups() throws SQLException {
    return postgres.ask(
        "postgres",
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'bs\\_%%\\_%s\\_%%'"
            .formatted(database().substring(0, Math.min(12, database().length()))));
  }

  @Test
  void aRoleOfOursByNameOnlyIsNeverTouched() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    postgres.execute("postgres", "CREATE ROLE \"%s\" LOGIN".formatted(at.login()));
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Active)));
    assertThat(refused.reason()).isEqualTo(Reason.NameTaken);
    assertThat(holds(at)).isEqualTo(Holds.Foreign);
  }

  @Test
  void aGroupOfAnotherDatabaseUnderOurNameIsNotJoined() throws Exception {
    // Given
    var other = new Place(place.server(), new Scope.Schema("others", "public"));
    for (var held : Collision.of(KEY, place, other).entrySet())
      postgres.execute(
          "postgres",
          "CREATE ROLE \"%s\" NOLOGIN".formatted(held.getKey()),
          "COMMENT ON ROLE \"%s\" IS '%s'".formatted(held.getKey(), held.getValue()));

    // When
    var refused = catchThrowableOfType(EngineException.class, () -> open(Access.ReadWrite));

    // Then
    assertThat(refused.reason()).isEqualTo(Reason.NameTaken);
    assertThat(
            postgres.ask(
                "postgres",
                "SELECT count(*) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = '%s' AND g.rolname LIKE 'bs\\_%%'"
                    .formatted(slotA(Access.ReadWrite, 1).login())))
        .isEqualTo("0");
  }

  @Test
  void aPreparedTransactionOfAnOwnerStandsInTheWayOfAFence() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var tenant = session(at)) {
      tenant.setAutoCommit(false);
      tenant.createStatement().execute("INSERT INTO writes DEFAULT VALUES");
      tenant.createStatement().execute("PREPARE TRANSACTION '%s'".formatted(database()));
    }

    // Then
    try (var session = engine(1).open(server())) {
      var refused = session.fenceable(order(), at).orElseThrow();
      assertThat(refused.reason()).isEqualTo(Reason.PreparedTransactions);
      ensure(want(at.with(Access.Owner), LoginState.Locked));
      var drain = session.sever(order(), at, Duration.ofMillis(300));
      assertThat(drain.prepared()).isOne();
      assertThat(drain.done()).isFalse();
    }
    postgres.execute(database(), "ROLLBACK PREPARED '%s'".formatted(database()));
  }

  /// `pg_stat_activity` says whose a session is when it has begun; its client says when that is.
  @Test
  void aSessionThatHoldsBackItsBeginningDoesNotOutliveTheFence() throws Exception {
    // Given
    var at = open(Access.Owner);
    var login = new Properties();
    login.setProperty("user", at.login());
    login.setProperty("password", KEY.password(service, at).reveal());
    login.setProperty("options", "-c post_auth_delay=4");
    var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), database());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow =
          threads.submit(
              () -> {
                try (var session = DriverManager.getConnection(url, login)) {
                  return session
                      .createStatement()
                      .executeUpdate("INSERT INTO writes DEFAULT VALUES");
                }
              });
      Thread.sleep(1_000);

      // When
      try (var session = engine(1).open(server())) {
        session.ensure(order(), List.of(want(at, LoginState.Locked)));
        assertThat(session.sever(order(), at, Duration.ofSeconds(3)).done()).isTrue();
      }

      // Then
      assertThat(slow).failsWithin(Duration.ofSeconds(60)).withThrowableOfType(Exception.class);
      assertThat(postgres.ask(database(), "SELECT count(*) FROM writes")).isEqualTo("0");
    }
  }

  @Test
  void aLoginThatMadeItsSettingsHugeIsFencedLikeAnyOther() throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute(
          "ALTER ROLE CURRENT_USER SET search_path = '%s'".formatted("a".repeat(3 << 20)));
    }

    // When
    ensure(want(at, LoginState.Locked));

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Locked);
    var next = slotA(Access.ReadOnly, 3);
    ensure(want(next, LoginState.Active));
    letIn(next);
    assertThat(holds(next)).isEqualTo(Holds.Works);
  }

  @Test
  void whatTheTenantCallsEqualIsNotAskedByOurLogin() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      for (var right : List.of("name", "text", "varchar")) {
        statement.execute(
            "CREATE FUNCTION public.never(name, %s) RETURNS boolean LANGUAGE sql AS 'SELECT false'"
                .formatted(right));
        statement.execute(
            "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = %s, FUNCTION = public.never)"
                .formatted(right));
      }
    }

    // Then
    letIn(at);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFunctionOfAReaderRunsWithNoMoreRightsAfterItsLoginHasGone(boolean everybodyMayCreate)
      throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    var creator = everybodyMayCreate ? "PUBLIC" : "\"%s\"".formatted(at.login());
    postgres.execute(database(), "GRANT CREATE ON SCHEMA public TO " + creator);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute(
          "CREATE FUNCTION public.door() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text'");
    }

    // When
    ensure(want(at, LoginState.Locked));
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(
            postgres.ask(
                database(), "SELECT proowner::regrole FROM pg_proc WHERE proname = 'door'"))
        .isEqualTo(everybodyMayCreate ? group("ro") : at.login());
  }

  @Test
  void aServiceThatIsMadeAnewInheritsNoSessionAndNoEpoch() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var tenant = session(at)) {
      // When
      service = new ServiceId(service.namespace(), service.name(), "another-uid");
      var refused =
          catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Prepared)));

      // Then
      assertThat(refused.reason()).isEqualTo(Reason.LoginRefused);
      assertThatThrownBy(() -> tenant.createStatement().execute("SELECT 1"))
          .isInstanceOf(SQLException.class);
    }
    var next = slotA(Access.Owner, 2);
    ensure(want(next, LoginState.Prepared));
    letIn(next);
  }

  @Test
  void aLockThatAnybodyElseHoldsIsNoProofOfOneServer() throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    postgres.execute(
        "postgres", "GRANT CONNECT ON DATABASE postgres TO \"%s\"".formatted(at.login()));
    long key = 0x7234_5678_9abc_def0L;
    try (var tenant = postgres.login("postgres", at.login(), KEY.password(service, at).reveal());
        var here = engine(1).open(server());
        var there = engine(1).open(server())) {
      tenant.createStatement().execute("SELECT pg_advisory_lock(%d)".formatted(key));
      try (var own = here.beacon(1L << 40 | 7)) {
        assertThat(there.sees(own)).isTrue();
        assertThat(there.sees(new Shown(own.where(), key, own.holder()))).isFalse();
      }
      assertThat(there.sees(new Shown("postgres", 1L << 40 | 7, Postgres.ADMIN))).isFalse();
    }
  }

  private record Shown(String where, long key, String holder) implements Beacon {
    @Override
    public EngineKind kind() {
      return EngineKind.PostgreSQL;
    }

    @Override
    public void close() {}
  }

  /// There is no session to be ended, and nobody but its owner or a superuser can finish it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_advisory_xact_lock(hashtextextended('backingservice/service/%2$s', 0))",
        "ALTER ROLE \"%1$s\" PASSWORD 'other'"
      })
  void aPreparedTransactionThatHoldsOurLocksIsSaidToDoSo(String hold) throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    postgres.execute(
        "postgres", "GRANT CONNECT ON DATABASE postgres TO \"%s\"".formatted(at.login()));
    try (var tenant = postgres.login("postgres", at.login(), KEY.password(service, at).reveal());
        var statement = tenant.createStatement()) {
      tenant.setAutoCommit(false);
      statement.execute(hold.formatted(at.login(), service));
      statement.execute("PREPARE TRANSACTION '%s'".formatted(database()));
    }

    // Then
    assertThatThrownBy(() -> ensure(want(at, LoginState.Locked)))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.PreparedTransactions));
    postgres.execute("postgres", "ROLLBACK PREPARED '%s'".formatted(database()));
    ensure(want(at, LoginState.Locked));
  }

  @Test
  void whatABugBreaksOffIsNotCommitted() throws Exception {
    // Given
    var bug = new AssertionError("a bug");

    // When
    assertThatThrownBy(
            () ->
                BrokenOff.change(
                    KEY, server(), new FixedTerm(1), "CREATE ROLE half_made NOLOGIN", bug))
        .isSameAs(bug);

    // Then
    assertThat(
            postgres.ask("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'half_made'"))
        .isEqualTo("0");
  }

  @Test
  void aTenantThatHoldsOurLocksIsEnded() throws Exception {
    var at = open(Access.ReadWrite);
    postgres.execute(
        "postgres", "GRANT CONNECT ON DATABASE postgres TO \"%s\"".formatted(at.login()));
    try (var tenant = postgres.login("postgres", at.login(), KEY.password(service, at).reveal())) {
      tenant.setAutoCommit(false);
      tenant
          .createStatement()
          .execute(
              "SELECT pg_advisory_xact_lock(hashtextextended('backingservice/service/%s', 0))"
                  .formatted(service));
      ensure(want(at, LoginState.Locked));
      assertThat(holds(at)).isEqualTo(Holds.Locked);
      assertThat(tenant.isValid(1)).isFalse();
    }
  }

  @Test
  void removingALoginKeepsWhatItOwned() throws Exception {
    var at = open(Access.Owner);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute("SET ROLE NONE");
      statement.execute("CREATE SCHEMA own_%s".formatted(database()));
      statement.execute("CREATE TABLE own_%1$s.kept AS SELECT 1 AS id".formatted(database()));
    }
    ensure(want(at.with(Access.Owner), LoginState.Absent));
    assertThat(postgres.ask(database(), "SELECT count(*) FROM own_%s.kept".formatted(database())))
        .isEqualTo("1");
    assertThat(holds(at)).isEqualTo(Holds.Absent);
  }

  @Test
  void aLoginThatAnotherDatabaseDependsOnKeepsNobodyWaitingAndStaysLocked() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    postgres.execute(
        "postgres",
        "CREATE TABLE other_teams (id int)",
        "GRANT SELECT ON other_teams TO " + at.login());

    // When
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Locked);
    assertThat(knock(at)).isInstanceOf(Entry.Locked.class);
    assertThat(findings()).contains(Finding.Id.LoginKept);

    // When
    postgres.execute("postgres", "DROP TABLE other_teams");
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Absent);
  }

  @Test
  void weaknessesAreFoundAndGoAway() throws Exception {
    assertThat(findings())
        .doesNotContain(Finding.Id.AdminDatabaseOpen, Finding.Id.PlaintextAccepted);
    postgres.execute("postgres", "GRANT CONNECT ON DATABASE postgres TO PUBLIC");
    postgres.execute(
        "postgres", "ALTER ROLE %s SET log_statement = 'all'".formatted(Postgres.ADMIN));
    engine.keep(List.of());
    assertThat(findings()).contains(Finding.Id.AdminDatabaseOpen, Finding.Id.StatementLogging);
    postgres.execute("postgres", "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC");
    postgres.execute("postgres", "ALTER ROLE %s RESET log_statement".formatted(Postgres.ADMIN));
    engine.keep(List.of());
    assertThat(findings())
        .doesNotContain(Finding.Id.AdminDatabaseOpen, Finding.Id.StatementLogging);
    assertThat(findings().contains(Finding.Id.AdminTooStrong)).isEqualTo(major < 16);
    assertThat(findings().contains(Finding.Id.NoConnectionReserved)).isEqualTo(major >= 16);
  }

  List<Finding.Id> findings() throws EngineException {
    try (var session = engine(1).open(server())) {
      var examination = session.examine();
      assertThat(examination.protection()).isPresent();
      return examination.findings().stream().map(Finding::id).toList();
    }
  }

  /// Everything the operator does in a database, new sessions included.
  private void everything(Attachment at) throws EngineException {
    var fresh = new PostgresEngine(KEY, new FixedTerm(1), 2);
    try (var session = fresh.open(server())) {
      session.ensure(order(), List.of(want(at, LoginState.Active)));
      session.inventory(order());
      session.look(order(), Set.of(at.login()));
      session.fenceable(order(), at);
      var other = slotB(Access.ReadWrite, 2);
      session.ensure(order(), List.of(want(other, LoginState.Prepared)));
      session.ensure(order(), List.of(want(other, LoginState.Absent)));
    } finally {
      fresh.keep(List.of());
    }
  }

  String owner() throws SQLException {
    return group("owner");
  }

  String group(String kind) throws SQLException {
    return postgres.ask(
        "postgres",
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'bs\\_%%\\_%s\\_%s'"
            .formatted(database(), kind));
  }

  private String strong(Attachment at) throws SQLException {
    return postgres.ask(
        "postgres",
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = '%s'"
            .formatted(at.login()));
  }

  void database(String name, String setting) throws SQLException {
    postgres.execute("postgres", "ALTER DATABASE \"%s\" %s".formatted(name, setting));
  }
}
