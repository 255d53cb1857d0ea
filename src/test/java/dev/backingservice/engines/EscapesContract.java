package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Session;
import dev.backingservice.engine.Want;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.model.ServiceId;
import dev.backingservice.model.Standing.Holds;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Ways out of a fence, a narrowing or a deletion, and ways to hold up somebody else's.
abstract class EscapesContract extends AdministratorContract {
  EscapesContract(int major) {
    super(major);
  }

  @Test
  void whatAnEarlierServiceOwesDoesNotLockTheOneThatTookItsNameOver() throws Exception {
    // Given
    var first = open(Access.ReadWrite);
    var owed = order().forItsOwn();
    var wanted = want(first, LoginState.Locked, 1);
    var gone = want(first, LoginState.Absent, 1);
    service = new ServiceId(service.namespace(), service.name(), "another-uid");
    var second = slotA(Access.ReadWrite, 2);
    ensure(want(second, LoginState.Active));
    letIn(second);

    // When
    try (var tenant = session(second);
        var session = engine(1).open(server())) {
      session.ensure(owed, List.of(wanted));
      session.sever(owed, first, Duration.ofSeconds(1));
      session.ensure(owed, List.of(gone));

      // Then
      assertThat(tenant.isValid(2)).isTrue();
    }
    assertThat(holds(second)).isEqualTo(Holds.Works);
    letIn(second);
  }

  @Test
  void aLoginOfACopyThatWasLockedBeforeACrashKeepsNoSession() throws Exception {
    // Given
    var stranger = stranger();
    try (var tenant = session(stranger)) {
      postgres.execute("postgres", "ALTER ROLE \"%s\" NOLOGIN".formatted(stranger.login()));

      // When
      try (var session = engine(1).open(server())) {
        session.lockStrangers(Set.of("blue"));
      }

      // Then
      assertThat(tenant.isValid(2)).isFalse();
    }
  }

  @Test
  void aLoginOfACopyThatHoldsBackItsBeginningDoesNotOutliveTheLock() throws Exception {
    // Given
    var stranger = stranger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> inserts(stranger, 4));
      Thread.sleep(1_000);

      // When
      try (var session = engine(1).open(server())) {
        session.lockStrangers(Set.of("blue"));
      }

      // Then
      assertThat(slow).failsWithin(Duration.ofSeconds(60)).withThrowableOfType(Exception.class);
    }
  }

  /// Made for another server, as a physical copy has it.
  private Attachment stranger() throws Exception {
    ensure(want(slotB(Access.Owner, 1), LoginState.Active));
    var at = new Attachment(place.on("elsewhere"), "", KEY.logins(service).a(), Access.Owner, 1);
    ensure(want(at, LoginState.Active));
    return at;
  }

  @Test
  void aSessionThatBeginsDuringANarrowingDoesNotKeepWhatWasTakenAway() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> creates(at));
      Thread.sleep(700);

      // When
      ensure(want(at.with(Access.ReadOnly), LoginState.Active));

      // Then
      assertThat(slow).failsWithin(Duration.ofSeconds(60)).withThrowableOfType(Exception.class);
    }
    assertThat(postgres.ask(database(), "SELECT count(*) FROM pg_class WHERE relname = 'escaped'"))
        .isEqualTo("0");
  }

  private boolean creates(Attachment at) throws Exception {
    try (var session = slow(at, 1)) {
      Thread.sleep(3_000);
      return session.createStatement().execute("CREATE TABLE escaped ()");
    }
  }

  private int inserts(Attachment at, int delay) throws Exception {
    try (var session = slow(at, delay)) {
      return session.createStatement().executeUpdate("INSERT INTO writes DEFAULT VALUES");
    }
  }

  /// A session that begins so many seconds after it was let in.
  private Connection slow(Attachment at, int seconds) throws SQLException {
    var login = new Properties();
    login.setProperty("user", at.login());
    login.setProperty("password", KEY.password(service, at).reveal());
    login.setProperty("options", "-c post_auth_delay=" + seconds);
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), database()), login);
  }

  @Test
  void aSessionThatNobodyMayEndIsNotForgottenBeforeItBegins() throws Exception {
    // Given
    var at = open(Access.Owner);
    postgres.execute("postgres", "REVOKE pg_signal_backend FROM bs_admin");
    if (major < 16) // whoever administers a role may end its sessions there
    postgres.execute("postgres", "REVOKE \"%s\" FROM bs_admin".formatted(at.login()));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> slow = threads.submit(() -> inserts(at, 4));
      Thread.sleep(1_000);

      // When
      try (var session = engine(1).open(server())) {
        session.ensure(order(), List.of(want(at, LoginState.Locked)));
        assertThat(session.sever(order(), at, Duration.ofMillis(1_500)).done()).isFalse();
      }
      postgres.execute("postgres", "GRANT pg_signal_backend TO bs_admin");
      try (var session = engine(1).open(server())) {
        assertThat(session.sever(order(), at, Duration.ofSeconds(3)).done()).isTrue();
      }
      assertThat(slow).failsWithin(Duration.ofSeconds(60)).withThrowableOfType(Exception.class);
    } finally {
      postgres.execute("postgres", "GRANT pg_signal_backend TO bs_admin");
    }
  }

  @Test
  void whatWasPreparedWithMoreRightsStandsInTheWayOfANarrowing() throws Exception {
    // Given
    var at = open(Access.Owner);
    try (var tenant = session(at)) {
      tenant.setAutoCommit(false);
      tenant.createStatement().execute("INSERT INTO writes DEFAULT VALUES");
      tenant.createStatement().execute("PREPARE TRANSACTION '%s'".formatted(database()));
    }

    // When
    assertThatThrownBy(() -> ensure(want(at.with(Access.ReadWrite), LoginState.Active)))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.PreparedTransactions));

    // Then
    assertThat(standing(at).find(at.login()).orElseThrow().access()).isEqualTo(Access.Owner);
    postgres.execute(database(), "ROLLBACK PREPARED '%s'".formatted(database()));
    ensure(want(at.with(Access.ReadWrite), LoginState.Active));
  }

  /// Before 16, every login may make others members of itself.
  @Test
  void whoeverLendsItsLoginToAnotherEndsNoSessionAndKeepsNobodyOpen() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    var other = slotB(Access.ReadOnly, 2);
    ensure(want(other, LoginState.Active));
    var lent = "GRANT \"%s\" TO \"%s\"".formatted(other.login(), at.login());
    try (var tenant = session(at)) {
      if (major < 16)
        try (var lender = session(other)) {
          lender.createStatement().execute(lent);
        }
      else postgres.execute("postgres", "SET ROLE bs_admin", lent);

      // When
      ensure(want(at, LoginState.Active));

      // Then
      assertThat(tenant.isValid(2)).isTrue();
    }
    assertThat(holds(at)).isEqualTo(Holds.Works);

    // When
    ensure(want(at, LoginState.Locked));
    postgres.execute("postgres", "SET ROLE bs_admin", lent);

    // Then
    assertThat(holds(at)).isEqualTo(Holds.Locked);
  }

  @Test
  void aGrantToAGroupInAnotherDatabaseKeepsNobodyWaiting() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    var elsewhere = database() + "_other";
    postgres.withDatabase(elsewhere);
    postgres.execute(
        elsewhere,
        "CREATE TABLE theirs ()",
        "GRANT SELECT ON theirs TO \"%s\"".formatted(group("ro")));
    var writers = group("rw");
    var readers = group("ro");
    ensure(want(at, LoginState.Absent));

    // When
    try (Session session = engine(1).open(server())) {
      session.drop(order());
    }

    // Then
    assertThat(exists(writers)).isEqualTo("0");
    assertThat(exists(readers)).isEqualTo("1");
    postgres.execute("postgres", "DROP DATABASE %s WITH (FORCE)".formatted(elsewhere));
  }

  private String exists(String role) throws SQLException {
    return postgres.ask(
        "postgres", "SELECT count(*) FROM pg_roles WHERE rolname = '%s'".formatted(role));
  }

  /// DROP DATABASE waits for whoever names the database, and everybody who connects waits for it.
  @Test
  void aLoginThatKeepsEverybodyOutOfTheAdministratorsDatabaseKeepsNoFenceOff() throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    var now = new AtomicLong();
    var aged = new PostgresEngine(KEY, new FixedTerm(1), 4, now::get);
    ensure(aged, want(at, LoginState.Active));
    try (var first = session(at);
        var second = session(at);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      first.setAutoCommit(false);
      first
          .createStatement()
          .execute("ALTER ROLE CURRENT_USER IN DATABASE postgres SET work_mem = '64kB'");
      threads.submit(() -> second.createStatement().execute("DROP DATABASE postgres"));
      Thread.sleep(500);
      now.set(Duration.ofMinutes(2).toNanos());

      // When
      ensure(aged, want(at, LoginState.Locked));

      // Then
      try (var session = aged.open(server())) {
        assertThat(session.sever(order(), at, Duration.ofSeconds(3)).done()).isTrue();
      }
      assertThat(first.isValid(2)).isFalse();
    } finally {
      aged.keep(List.of());
    }
  }

  private void ensure(PostgresEngine engine, Want want) throws EngineException {
    try (var session = engine.open(server())) {
      session.ensure(order(), List.of(want));
    }
  }

  @Test
  void aLoginThatOwnsMoreThanCanBeHandedOverKeepsNobodyWaiting() throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    try (var tenant = session(at)) {
      tenant.createStatement().execute("SELECT count(lo_create(0)) FROM generate_series(1, 20000)");
    }

    // When
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(holds(at)).isIn(Holds.Absent, Holds.Locked);
  }

  /// Only its grantor takes such a right back.
  @Test
  void aLoginThatSomebodyElseGaveRightsKeepsNobodyWaiting() throws Exception {
    // Given
    var at = open(Access.ReadOnly);
    postgres.execute(
        database(),
        "CREATE SCHEMA theirs",
        "CREATE TABLE theirs.given (id int)",
        "GRANT SELECT ON theirs.given TO \"%s\"".formatted(at.login()));

    // When
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(holds(at)).isIn(Holds.Absent, Holds.Locked);
    postgres.execute(database(), "DROP SCHEMA theirs CASCADE");
  }
}
