package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.backingservice.engine.Engine;
import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.mysql.MySqlEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import dev.backingservice.model.Trust;
import dev.backingservice.sandbox.Folders;
import dev.backingservice.sandbox.Mysql;
import dev.backingservice.sandbox.Pki;
import dev.backingservice.sandbox.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The part of MariaDB and MySQL: exact rights, accounts of others, and what statements that commit
/// by themselves leave behind.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MySqlContract extends EngineContract {
  private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143, 1227, 1370, 1419, 1045);
  final Pki pki = new Pki();
  private final Mysql.Product product;
  final MarksInMemory marks = new MarksInMemory();
  private Path folder;
  Mysql mysql;
  private Server server;
  private Engine engine;

  MySqlContract(Mysql.Product product) {
    this.product = product;
  }

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("backing-engine-");
    mysql = Mysql.start(product, "blue", folder, pki);
    server = at(mysql.port(), "127.0.0.1", Mysql.ADMIN, Mysql.ADMIN_PASSWORD, pki.anchor());
    engine = new MySqlEngine(KEY, marks, new FixedTerm(1), 4);
  }

  @AfterAll
  void stop() {
    engine.keep(List.of());
    mysql.close();
    Folders.delete(folder);
  }

  private static Server at(int port, String host, String user, String password, String anchor) {
    var endpoint = new Endpoint(host, port);
    return new Server(
        "blue",
        "server-uid",
        endpoint,
        endpoint,
        "",
        user,
        new Sensitive(password),
        new Trust(Trust.Mode.VerifyFull, anchor, false),
        Server.ClientCertificate.Offered);
  }

  @Override
  Engine engine(long term) {
    return term == 1 ? engine : new MySqlEngine(KEY, marks, new FixedTerm(term), 4);
  }

  @Override
  Server server() {
    return server;
  }

  @Override
  Scope scope(String database) {
    return new Scope.Database(database);
  }

  @Override
  void database(String name) throws SQLException {
    mysql.withDatabase(name);
    mysql.execute(
        "CREATE TABLE IF NOT EXISTS %s.writes (id INT AUTO_INCREMENT PRIMARY KEY, n INT)"
            .formatted(name),
        "DELETE FROM backingservice.marks WHERE name LIKE 'term/%'"
            .replace("DELETE", tables() ? "DELETE" : "DO 0 -- "));
  }

  private boolean tables() throws SQLException {
    return !mysql
        .ask("SELECT 1 FROM information_schema.tables WHERE table_schema = 'backingservice'")
        .isEmpty();
  }

  @Override
  Connection session(String login, String password) throws SQLException {
    return mysql.login(database(), login, password);
  }

  Connection session(Attachment at) throws SQLException {
    return session(at.login(), KEY.password(service, at).reveal());
  }

  @Override
  boolean alive(AutoCloseable session) throws SQLException {
    return ((Connection) session).isValid(2);
  }

  /// What each level may do and may not; the first word of a line tells.
  private static final Map<Access, String> RIGHTS =
      Map.of(
          Access.ReadOnly,
          """
          + SELECT * FROM writes
          + SELECT * FROM seen
          - INSERT INTO writes VALUES (NULL, 1)
          - UPDATE writes SET n = 2
          - DELETE FROM writes
          - CREATE TEMPORARY TABLE mine (id INT)
          - CREATE TABLE mine (id INT)
          - CALL counts()
          - DROP TABLE writes
          """,
          Access.ReadWrite,
          """
          + SELECT * FROM writes
          + INSERT INTO writes VALUES (NULL, 1)
          + UPDATE writes SET n = 2
          + DELETE FROM writes
          + CREATE TEMPORARY TABLE mine (id INT)
          + CALL counts()
          - CREATE TABLE mine2 (id INT)
          - ALTER TABLE writes ADD COLUMN m INT
          - TRUNCATE TABLE writes
          - DROP TABLE writes
          - CREATE VIEW other AS SELECT 1
          - CREATE INDEX n ON writes (n)
          - LOCK TABLES writes WRITE
          - CREATE DATABASE mine
          - CREATE USER mine
          - GRANT SELECT ON writes TO backing_admin
          - SELECT * FROM mysql.user
          - SELECT * FROM backingservice.marks
          - SET GLOBAL general_log = 1
          - SELECT 1 INTO OUTFILE '/tmp/backing-outfile'
          """,
          Access.Owner,
          """
          + CREATE TABLE mine (id INT)
          + ALTER TABLE mine ADD COLUMN n INT
          + CREATE INDEX n ON mine (n)
          + CREATE VIEW other AS SELECT * FROM mine
          + CREATE TRIGGER t BEFORE INSERT ON mine FOR EACH ROW SET NEW.n = 1
          + CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM mine
          + LOCK TABLES mine WRITE
          + UNLOCK TABLES
          + TRUNCATE TABLE mine
          + DROP EVENT e
          + DROP VIEW other
          + DROP TABLE mine
          - CREATE DATABASE mine
          - CREATE USER mine
          - GRANT SELECT ON writes TO backing_admin
          - SELECT * FROM mysql.user
          - SELECT * FROM backingservice.marks
          - FLUSH TABLES
          """);

  @Test
  void eachLevelMayDoExactlyWhatItIs() throws Exception {
    mysql.execute("SET GLOBAL log_bin_trust_function_creators = 1");
    mysql.execute(
        "CREATE OR REPLACE VIEW %1$s.seen AS SELECT * FROM %1$s.writes".formatted(database()));
    mysql.execute(
        "CREATE PROCEDURE %1$s.counts() SELECT COUNT(*) FROM %1$s.writes".formatted(database()));
    long epoch = 1;
    for (var access : Access.values()) {
      ensure(want(slotA(access, epoch), LoginState.Active));
      try (var session = session(slotA(access, epoch))) {
        for (var line : RIGHTS.get(access).lines().toList())
          assertThat(outcome(session, line.substring(2)))
              .as(access + " " + line)
              .isEqualTo(line.charAt(0) == '+' ? "done" : "denied");
      }
      epoch++;
    }
  }

  private static String outcome(Connection session, String sql) throws SQLException {
    try (var statement = session.createStatement()) {
      statement.execute(sql);
      return "done";
    } catch (SQLException e) {
      return DENIED.contains(e.getErrorCode()) ? "denied" : e.getErrorCode() + " " + e.getMessage();
    }
  }

  /// In a grant an underscore matches any letter.
  @Test
  void aDatabaseWhoseNameMatchesAsAPatternIsNotReached() throws Exception {
    var other = database().replace('_', 'x');
    mysql.execute(
        "CREATE DATABASE IF NOT EXISTS " + other,
        "CREATE TABLE %s.secret (id INT)".formatted(other));
    var at = open(Access.Owner);
    try (var session = session(at)) {
      assertThat(outcome(session, "SELECT * FROM %s.secret".formatted(other))).isEqualTo("denied");
    }
  }

  @Test
  void anAccountIsLetInWithTlsOnly() throws Exception {
    mysql.execute("SET GLOBAL require_secure_transport = OFF");
    try {
      var at = open(Access.ReadWrite);
      assertThatThrownBy(
              () -> mysql.inClear(database(), at.login(), KEY.password(service, at).reveal()))
          .isInstanceOf(SQLException.class);
      assertThat(findings()).contains(Finding.Id.PlaintextAccepted);
    } finally {
      mysql.execute("SET GLOBAL require_secure_transport = ON");
    }
    assertThat(findings()).doesNotContain(Finding.Id.PlaintextAccepted);
  }

  private Set<Finding.Id> findings() throws EngineException {
    try (var session = engine(1).open(server())) {
      return session.examine().findings().stream().map(Finding::id).collect(Collectors.toSet());
    }
  }

  @Test
  void whatIsWeakAboutAServerComesAndGoes() throws Exception {
    mysql.execute("SET GLOBAL general_log = ON", "CREATE USER ''@'%'");
    try {
      assertThat(findings()).contains(Finding.Id.StatementLogging, Finding.Id.AnonymousUser);
    } finally {
      mysql.execute("SET GLOBAL general_log = OFF", "DROP USER ''@'%'");
    }
    assertThat(findings())
        .doesNotContain(
            Finding.Id.StatementLogging,
            Finding.Id.AnonymousUser,
            Finding.Id.CannotSignal,
            Finding.Id.OldVersion,
            Finding.Id.TlsNotVerified);
    assertThat(findings().contains(Finding.Id.AdminTooStrong)).isEqualTo(product.maria());
  }

  @Test
  void anAccountOfTheSameNameThatIsNotOursIsLeftAlone() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    mysql.execute("CREATE USER %s@'%%' IDENTIFIED BY 'theirs'".formatted(at.login()));
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Active)));
    assertThat(refused.reason()).isEqualTo(Reason.NameTaken);
    ensure(want(at, LoginState.Locked));
    ensure(want(at, LoginState.Absent));
    try (var theirs = mysql.login("", at.login(), "theirs")) {
      assertThat(theirs.isValid(2)).isTrue();
    }
    mysql.execute("DROP USER %s@'%%'".formatted(at.login()));
  }

  /// Statements about accounts commit by themselves.
  @Test
  void anAccountThatACrashLeftWithoutItsMarkIsKnownByItsPassword() throws Exception {
    var at = open(Access.ReadWrite);
    mysql.execute("DELETE FROM backingservice.marks WHERE name = '%s'".formatted(at.login()));
    ensure(want(at, LoginState.Active));
    letIn(at);
  }

  @Test
  void aServerThatLostItsAccountsIsGivenThemAgain() throws Exception {
    var at = open(Access.ReadWrite);
    mysql.execute("DROP USER %s@'%%'".formatted(at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    assertThat(knock(at)).isInstanceOf(Entry.Refused.class);
    ensure(want(at, LoginState.Active));
    letIn(at);
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void aLoginThatTheServerLostIsLockedWithoutAWord() throws Exception {
    var at = open(Access.Owner);
    mysql.execute("DROP USER %s@'%%'".formatted(at.login()));
    ensure(want(at, LoginState.Locked, 2));
    ensure(want(at, LoginState.Absent, 2));
    assertThat(holds(at)).isEqualTo(Holds.Absent);
  }

  @Test
  void whatWasAlteredIsSeenAndPutBack() throws Exception {
    var at = open(Access.ReadWrite);
    var account = at.login() + "@'%'";
    for (var change :
        List.of(
            "ALTER USER %s REQUIRE NONE",
            "ALTER USER %s WITH MAX_USER_CONNECTIONS 0",
            "ALTER USER %s IDENTIFIED BY 'another'",
            "REVOKE DELETE ON `%2$s`.* FROM %1$s",
            "GRANT CREATE ON `%2$s`.* TO %1$s",
            "GRANT DROP ON %3$s.writes TO %1$s")) {
      mysql.execute(change.formatted(account, database().replace("_", "\\_"), database()));
      assertThat(holds(at)).as(change).isEqualTo(Holds.Differs);
      ensure(want(at, LoginState.Active));
      assertThat(holds(at)).as(change).isEqualTo(Holds.Works);
    }
    mysql.execute("ALTER USER %s ACCOUNT LOCK".formatted(account));
    assertThat(holds(at)).isEqualTo(Holds.Locked);
    ensure(want(at, LoginState.Active));
    letIn(at);
  }

  @Test
  void aGrantThatTheLoginMayHandOnIsTakenBack() throws Exception {
    var at = open(Access.ReadWrite);
    mysql.execute(
        "GRANT SELECT ON `%s`.* TO %s@'%%' WITH GRANT OPTION"
            .formatted(database().replace("_", "\\_"), at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    ensure(want(at, LoginState.Active));
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  @Test
  void whoeverDefinesObjectsIsKeptLocked() throws Exception {
    var at = open(Access.Owner);
    try (var session = session(at);
        var statement = session.createStatement()) {
      statement.execute("CREATE VIEW kept AS SELECT * FROM writes");
    }
    ensure(want(at, LoginState.Absent));
    assertThat(holds(at)).isEqualTo(Holds.Absent);
    assertThat(knock(at)).isInstanceOf(Entry.Locked.class);
    assertThat(mysql.ask("SELECT COUNT(*) FROM %s.kept".formatted(database()))).isEqualTo("0");

    // When
    var later = slotA(Access.ReadWrite, 3);
    ensure(want(later, LoginState.Active));

    // Then
    letIn(later);
  }

  @Test
  void aReadOnlyServerIsAReplicaAndRefusesWhoWrites() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = engine(1).open(server())) {
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Primary);
      mysql.execute("SET GLOBAL read_only = ON");
      assertThat(session.identity().role()).isEqualTo(Identity.Role.Replica);
      assertThat(knock(at))
          .isInstanceOfSatisfying(
              Entry.Different.class,
              d -> assertThat(d.failure().reason()).isEqualTo(Reason.ServerReadOnly));
      assertThatThrownBy(() -> ensure(want(slotB(Access.ReadWrite, 2), LoginState.Active)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ServerReadOnly));
    } finally {
      mysql.execute("SET GLOBAL read_only = OFF");
    }
  }

  @Test
  void theLogOfTheServerGoesForward() throws Exception {
    try (var session = engine(1).open(server())) {
      var before = session.identity();
      mysql.execute("INSERT INTO %s.writes VALUES (NULL, 1)".formatted(database()));
      var after = session.identity();
      assertThat(after.position()).isGreaterThan(before.position());
      assertThat(after.running()).isEqualTo(before.running());
      assertThat(before.isBehind(after.position())).isTrue();
    }
  }

  @Test
  void aPreparedTransactionStandsInTheWayOfAFence() throws Exception {
    var at = open(Access.ReadWrite);
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute("XA START 'x'");
      statement.execute("INSERT INTO writes VALUES (NULL, 1)");
      statement.execute("XA END 'x'");
      statement.execute("XA PREPARE 'x'");
    }
    try (var session = engine(1).open(server())) {
      assertThat(session.fenceable(order(), at).orElseThrow().reason())
          .isEqualTo(Reason.PreparedTransactions);
      ensure(want(at, LoginState.Locked));
      assertThat(session.sever(order(), at, Duration.ofMillis(300)).prepared()).isOne();
      mysql.execute("XA ROLLBACK 'x'");
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
    }
  }

  /// The server looks at the account when it hears the name.
  @Test
  void whoeverSaidItsNameBeforeTheLockIsNotLetInAfterTheFence() throws Exception {
    var at = open(Access.ReadWrite);
    var password = KEY.password(service, at).reveal();
    try (var honest = new SlowLogin(pki.clients(), mysql.port(), at.login())) {
      assertThat(honest.finish(password)).isTrue();
    }
    try (var slow = new SlowLogin(pki.clients(), mysql.port(), at.login());
        var session = engine(1).open(server())) {
      ensure(want(at, LoginState.Locked));
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
      assertThat(slow.finish(password)).isFalse();
    }
  }

  @Test
  void whatSomebodyGrantsElsewhereIsToldAndLeftAlone() throws Exception {
    var at = open(Access.ReadWrite);
    mysql.execute("GRANT SELECT ON mysql.* TO %s@'%%'".formatted(at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Works);
    assertThat(findings()).contains(Finding.Id.ForeignGrant);
    mysql.execute("REVOKE SELECT ON mysql.* FROM %s@'%%'".formatted(at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Works);
    assertThat(findings()).doesNotContain(Finding.Id.ForeignGrant);
  }

  @Test
  void aLoginWithAllItsConnectionsIsFullAndWorks() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    var order = new Order(service, "namespace-uid", place, new Limits(1, Duration.ZERO), Set.of());
    try (var session = engine(1).open(server())) {
      session.ensure(order, List.of(want(at, LoginState.Active)));
    }
    try (var only = session(at)) {
      assertThat(engine(1).knock(server(), order, credential(at))).isInstanceOf(Entry.Full.class);
      try (var session = engine(1).open(server())) {
        assertThat(session.look(order, Set.of(at.login())).standing().of(at.login()))
            .isEqualTo(Holds.Works);
      }
      assertThat(only.isValid(2)).isTrue();
    }
  }

  @Test
  void aMissingDatabaseIsCreatedForItsServiceAndGoesWithIt() throws Exception {
    mysql.execute("DROP DATABASE " + database());
    var refused = catchThrowableOfType(EngineException.class, () -> open(Access.ReadWrite));
    assertThat(refused.reason()).isEqualTo(Reason.DatabaseMissing);
    try (var session = engine(1).open(server())) {
      session.createMissing(order());
      session.createMissing(order());
    }
    var at = open(Access.Owner);
    ensure(want(at, LoginState.Absent));
    try (var session = engine(1).open(server())) {
      session.drop(order());
      session.drop(order());
    }
    assertThat(mysql.ask("SHOW DATABASES LIKE '%s'".formatted(database()))).isEmpty();
  }

  @Test
  void aDatabaseThatWasThereBeforeIsNeverDropped() throws Exception {
    var at = open(Access.Owner);
    ensure(want(at, LoginState.Absent));
    try (var session = engine(1).open(server())) {
      session.createMissing(order());
      session.drop(order());
    }
    assertThat(mysql.ask("SHOW DATABASES LIKE '%s'".formatted(database()))).isEqualTo(database());
  }

  @Test
  void whatADatabaseHoldsIsToldByName() throws Exception {
    try (var session = engine(1).open(server())) {
      assertThat(names(session.inventory(order()))).containsExactly("writes");
    }
  }

  @Test
  void whoAdministersWithoutTheRightIsToldWhatToGrant() throws Exception {
    var grants =
        new HashMap<String, String>(
            Map.of(
                "nothing",
                "GRANT ALL ON `%s`.* TO nothing@'%%' WITH GRANT OPTION"
                    .formatted(database().replace("_", "\\_")),
                "nosignal",
                "GRANT CREATE USER ON *.* TO nosignal@'%'"));
    for (var user : grants.entrySet()) {
      mysql.execute(
          "CREATE USER %s@'%%' IDENTIFIED BY 'weak-password' REQUIRE SSL".formatted(user.getKey()));
      if (!user.getValue().isEmpty()) mysql.execute(user.getValue());
    }
    mysql.execute("GRANT ALL ON backingservice.* TO nosignal@'%'");
    var at = slotA(Access.ReadWrite, 1);
    assertThat(refusal("nothing", at)).isNotEmpty();
    var weak = at(mysql.port(), "127.0.0.1", "nosignal", "weak-password", pki.anchor());
    try (var session = new MySqlEngine(KEY, marks, new FixedTerm(1), 1).open(weak)) {
      var failure = session.fenceable(order(), at).orElseThrow();
      assertThat(failure.reason()).isEqualTo(Reason.AdminTooWeak);
      assertThat(failure.message()).contains("GRANT PROCESS, CONNECTION");
    }
    for (var user : grants.keySet()) mysql.execute("DROP USER %s@'%%'".formatted(user));
  }

  /// The least that may administer: the marks lie with the operator, and move to the server when
  /// they may.
  @Test
  void whoMayKeepNoMarksAdministersAllTheSame() throws Exception {
    mysql.execute(
        "CREATE USER least@'%' IDENTIFIED BY 'weak-password' REQUIRE SSL",
        "GRANT CREATE USER, PROCESS, %s ON *.* TO least@'%%'"
            .formatted(product.maria() ? "CONNECTION ADMIN" : "CONNECTION_ADMIN"),
        "GRANT ALL ON `%s`.* TO least@'%%' WITH GRANT OPTION"
            .formatted(database().replace("_", "\\_")));
    var engine = new MySqlEngine(KEY, marks, new FixedTerm(1), 1);
    var least = at(mysql.port(), "127.0.0.1", "least", "weak-password", pki.anchor());
    var at = slotA(Access.ReadWrite, 1);
    try (var session = engine.open(least)) {
      session.ensure(order(), List.of(want(at, LoginState.Active)));
      assertThat(session.look(order(), Set.of(at.login())).standing().of(at.login()))
          .isEqualTo(Holds.Works);
      letIn(at);
      assertThat(marks.all("blue")).containsKey(at.login());
      session.ensure(order(), List.of(want(at, LoginState.Locked, 2)));
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
      assertThat(knock(at)).isInstanceOf(Entry.Locked.class);
      session.ensure(order(), List.of(want(at, LoginState.Absent, 2)));
      assertThat(marks.all("blue")).doesNotContainKey(at.login());
    } finally {
      engine.keep(List.of());
      mysql.execute("DROP USER least@'%'");
    }
  }

  /// Nothing is known then, and nothing is begun anew: whose a database is would be forgotten.
  @Test
  void whoMayNotReadTheMarksAnyMoreIsToldSo() throws Exception {
    var at = open(Access.ReadWrite);
    var rights =
        "CREATE, SELECT, INSERT, UPDATE, DELETE ON backingservice.* %s " + Mysql.ADMIN + "@'%%'";
    mysql.execute("REVOKE " + rights.formatted("FROM"));
    try {
      for (var state : List.of(LoginState.Active, LoginState.Locked))
        assertThat(
                catchThrowableOfType(EngineException.class, () -> ensure(want(at, state))).reason())
            .isEqualTo(Reason.AdminTooWeak);
    } finally {
      mysql.execute("GRANT " + rights.formatted("TO"));
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);
  }

  private String refusal(String user, Attachment at) {
    var weak = at(mysql.port(), "127.0.0.1", user, "weak-password", pki.anchor());
    var failure =
        catchThrowableOfType(
            EngineException.class,
            () -> {
              try (var session = new MySqlEngine(KEY, marks, new FixedTerm(1), 1).open(weak)) {
                session.ensure(order(), List.of(want(at, LoginState.Active)));
              }
            });
    assertThat(failure.reason()).isEqualTo(Reason.AdminTooWeak);
    return failure.sentence();
  }

  @Test
  void whyNobodyIsLetInIsToldApart() throws Exception {
    var password = Mysql.ADMIN_PASSWORD;
    var reasons =
        Map.of(
            Reason.AdminRefused,
            at(mysql.port(), "127.0.0.1", Mysql.ADMIN, "wrong", pki.anchor()),
            Reason.CertificateNotTrusted,
            at(mysql.port(), "127.0.0.1", Mysql.ADMIN, password, new Pki().anchor()),
            Reason.CertificateNameMismatch,
            at(mysql.port(), "127.0.0.2", Mysql.ADMIN, password, pki.anchor()),
            Reason.ServerUnreachable,
            at(Ports.free(), "127.0.0.1", Mysql.ADMIN, password, pki.anchor()));
    for (var server : reasons.entrySet()) {
      var target = server.getKey() == Reason.CertificateNameMismatch ? named() : server.getValue();
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine(2).open(target).close());
      assertThat(failure.reason()).as(failure.sentence()).isEqualTo(server.getKey());
      assertThat(failure.silent()).isEqualTo(server.getKey() == Reason.ServerUnreachable);
    }
  }

  private Server named() {
    NamesOfTests.let("named.test", "127.0.0.1");
    return at(mysql.port(), "named.test", Mysql.ADMIN, Mysql.ADMIN_PASSWORD, pki.anchor());
  }

  @Test
  void aServerThatHangsIsNotSilent() throws Exception {
    try (var frozen = mysql.frozen()) {
      long began = System.nanoTime();
      var failure =
          catchThrowableOfType(EngineException.class, () -> engine(3).open(server()).close());
      assertThat(failure.silent()).isFalse();
      assertThat(failure.detail()).isEqualTo(Reason.Timeout);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"backingservice", "BackingService", "mysql", "sys"})
  void whatIsTheServersOrTheOperatorsOwnIsNobodysDatabase(String database) throws Exception {
    var there = new Place("blue", new Scope.Database(database));
    var order = new Order(service, "namespace-uid", there, new Limits(5, Duration.ZERO), Set.of());
    var at = new Attachment(there, "", KEY.logins(service).a(), Access.Owner, 1);
    try (var session = engine(1).open(server())) {
      for (ThrowingCallable attempt :
          List.<ThrowingCallable>of(
              () -> session.checkClaim(order),
              () -> session.createMissing(order),
              () -> session.ensure(order, List.of(want(at, LoginState.Active)))))
        assertThatThrownBy(attempt)
            .isInstanceOfSatisfying(
                EngineException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.ServerNotAvailable));
    }
  }

  /// An event runs with the rights of whoever made it, and needs no session.
  @Test
  void whatALoginScheduledRunsNoMoreOnceItIsLocked() throws Exception {
    mysql.execute("SET GLOBAL event_scheduler = ON");
    var at = open(Access.Owner);
    try (var session = session(at);
        var statement = session.createStatement()) {
      statement.execute(
          "CREATE EVENT ticks ON SCHEDULE EVERY 1 SECOND DO INSERT INTO writes VALUES (NULL, 7)");
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> !"0".equals(mysql.ask("SELECT COUNT(*) FROM " + database() + ".writes")));
    ensure(want(at, LoginState.Locked));
    try (var session = engine(1).open(server())) {
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
    }
    var before = mysql.ask("SELECT COUNT(*) FROM " + database() + ".writes");
    Thread.sleep(2500);
    assertThat(mysql.ask("SELECT COUNT(*) FROM " + database() + ".writes")).isEqualTo(before);
    mysql.execute("DROP EVENT %s.ticks".formatted(database()), "SET GLOBAL event_scheduler = OFF");
  }

  @Test
  void aDatabaseThatSomebodyElseMadeAfterAllIsNotDropped() throws Exception {
    mysql.execute(
        "DROP DATABASE " + database(),
        "REVOKE CREATE ON `%s`.* FROM %s@'%%'"
            .formatted(database().replace("_", "\\_"), Mysql.ADMIN));
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.createMissing(order()))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.AdminTooWeak));
    }
    mysql.withDatabase(database());
    try (var session = engine(1).open(server())) {
      session.createMissing(order());
      session.drop(order());
    }
    assertThat(mysql.ask("SHOW DATABASES LIKE '%s'".formatted(database()))).isEqualTo(database());
  }

  @Test
  void aLockWhoseMarkWasLostLocksAllTheSame() throws Exception {
    var at = open(Access.ReadWrite);
    mysql.execute("DELETE FROM backingservice.marks WHERE name = '%s'".formatted(at.login()));
    ensure(want(at, LoginState.Locked, 2));
    assertThat(knock(at)).isInstanceOf(Entry.Locked.class);
    assertThat(holds(at)).isEqualTo(Holds.Locked);
  }

  @Test
  void aPasswordThatTheTenantChangedHidesNoOpenAccount() throws Exception {
    var at = open(Access.ReadWrite);
    try (var session = session(at);
        var statement = session.createStatement()) {
      statement.execute(
          product.maria() ? "SET PASSWORD = PASSWORD('theirs')" : "SET PASSWORD = 'theirs'");
    }
    ensure(want(at, LoginState.Locked, 2));
    assertThat(holds(at)).isEqualTo(Holds.Locked);
    assertThatThrownBy(() -> session(at.login(), "theirs")).isInstanceOf(SQLException.class);
  }

  @Test
  void everythingThatSomebodyGrantsIsTakenBack() throws Exception {
    var at = open(Access.ReadOnly);
    mysql.execute(
        "GRANT ALL ON `%s`.* TO %s@'%%'".formatted(database().replace("_", "\\_"), at.login()));
    assertThat(holds(at)).isEqualTo(Holds.Differs);
    if (product.maria()) {
      // the administrator does not hold DELETE HISTORY itself
      assertThatThrownBy(() -> ensure(want(at, LoginState.Active)))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.PrivilegesIncomplete));
      mysql.execute(
          "REVOKE ALL PRIVILEGES ON `%s`.* FROM %s@'%%'"
              .formatted(database().replace("_", "\\_"), at.login()));
    }
    ensure(want(at, LoginState.Active));
    assertThat(holds(at)).isEqualTo(Holds.Works);
    try (var session = session(at)) {
      assertThat(outcome(session, "INSERT INTO writes VALUES (NULL, 1)")).isEqualTo("denied");
    }
  }

  @Test
  void aServerThatKeepsItsNotesToItselfHidesNobodysAccount() throws Exception {
    var at = slotA(Access.ReadWrite, 1);
    mysql.execute(
        "SET GLOBAL sql_notes = OFF",
        "CREATE USER %s@'%%' IDENTIFIED BY 'theirs'".formatted(at.login()));
    try {
      var fresh = new MySqlEngine(KEY, marks, new FixedTerm(1), 1);
      try (var session = fresh.open(server())) {
        assertThatThrownBy(() -> session.ensure(order(), List.of(want(at, LoginState.Active))))
            .isInstanceOfSatisfying(
                EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NameTaken));
      }
      fresh.keep(List.of());
    } finally {
      mysql.execute("SET GLOBAL sql_notes = ON", "DROP USER %s@'%%'".formatted(at.login()));
    }
  }

  @Test
  void anotherServiceOfTheNamespaceDoesNotReachTheLogin() throws Exception {
    var at = open(Access.ReadWrite);
    var other = new ServiceId("shop", "other", "uid-other");
    var order = new Order(other, "namespace-uid", place, new Limits(5, Duration.ZERO), Set.of());
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.ensure(order, List.of(want(at, LoginState.Absent))))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NameTaken));
    }
    letIn(at);
  }

  @Test
  void noPasswordIsSentInClearToTheLog() throws Exception {
    mysql.execute("SET GLOBAL general_log = ON", "SET GLOBAL log_output = 'TABLE'");
    var at = open(Access.ReadWrite);
    mysql.execute("SET GLOBAL general_log = OFF", "SET GLOBAL log_output = 'FILE'");
    assertThat(
            mysql.ask(
                "SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE '%%%s%%'"
                    .formatted(KEY.password(service, at).reveal())))
        .isEqualTo("0");
  }
}
