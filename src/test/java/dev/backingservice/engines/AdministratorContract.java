package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backingservice.engine.EngineException;
import dev.backingservice.engine.Server;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Failure;
import dev.backingservice.model.Finding;
import dev.backingservice.model.Identity;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.sandbox.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Administrators as clouds and cautious teams have them.
abstract class AdministratorContract extends GrantsContract {
  AdministratorContract(int major) {
    super(major);
  }

  private Server as(String user) {
    var s = server();
    return new Server(
        s.name(),
        s.uid(),
        s.data(),
        s.admin(),
        s.adminDatabase(),
        user,
        new Sensitive("successor"),
        s.trust(),
        s.clientCertificate());
  }

  @Test
  void aSuccessorOfTheAdministratorsLoginDoesAllThatItsPredecessorDid() throws Exception {
    // Given
    var at = open(Access.Owner);
    var name = "successor_" + database();
    postgres.execute(
        "postgres",
        "CREATE ROLE %s LOGIN NOINHERIT PASSWORD 'successor'".formatted(name),
        "GRANT bs_admin TO " + name,
        "GRANT CONNECT ON DATABASE postgres, %s TO %s".formatted(database(), name));
    var server = as(name);
    var engine = new PostgresEngine(KEY, new FixedTerm(1), 2);

    // When
    try (var tenant = session(at);
        var session = engine.open(server)) {
      assertThat(session.fenceable(order(), at)).isEmpty();
      session.ensure(order(), List.of(want(slotB(Access.ReadWrite, 2), LoginState.Prepared)));
      session.ensure(order(), List.of(want(at, LoginState.Locked, 2)));
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).left()).isZero();

      // Then
      assertThat(tenant.isValid(2)).isFalse();
      session.ensure(order(), List.of(want(at, LoginState.Absent, 2)));
      assertThat(session.examine().findings())
          .extracting(Finding::id)
          .doesNotContain(Finding.Id.CannotSignal);
    }
    engine.keep(List.of());
  }

  /// The server says no more than that the password is wrong.
  @Test
  void anAdministratorWithAnMd5VerifierIsToldToSetItsPasswordAgain() throws Exception {
    // Given
    var name = "dated_" + database();
    postgres.execute(
        "postgres",
        "SET password_encryption = 'md5'",
        "CREATE ROLE %s LOGIN PASSWORD 'successor'".formatted(name),
        "GRANT CONNECT ON DATABASE postgres TO " + name);
    var engine = new PostgresEngine(KEY, new FixedTerm(1), 2);

    // When
    var refused = catchThrowableOfType(EngineException.class, () -> engine.open(as(name)));

    // Then
    assertThat(refused.reason()).isEqualTo(Reason.AdminRefused);
    assertThat(refused.sentence()).contains("set again with scram-sha-256");
    engine.keep(List.of());
  }

  @Test
  void theRightToEndSessionsIsAskedOfWhoeverActs() throws Exception {
    var at = open(Access.ReadWrite);
    postgres.execute(
        "postgres",
        "REVOKE pg_signal_backend FROM bs_admin",
        "GRANT pg_signal_backend TO " + Postgres.ADMIN);
    try (var session = engine(1).open(server())) {
      // Then, and before 16 whoever administers a role may also end its sessions
      assertThat(session.fenceable(order(), at).map(Failure::message).orElse(""))
          .endsWith(major < 16 ? "" : "GRANT pg_signal_backend TO \"bs_admin\"");
      assertThat(session.examine().findings())
          .filteredOn(f -> f.id() == Finding.Id.CannotSignal)
          .first()
          .extracting(Finding::remedy)
          .isEqualTo("GRANT pg_signal_backend TO \"bs_admin\"");
    } finally {
      postgres.execute(
          "postgres",
          "REVOKE pg_signal_backend FROM " + Postgres.ADMIN,
          "GRANT pg_signal_backend TO bs_admin");
    }
  }

  @Test
  void aServerThatTellsNothingOfItsLogHasNoTimelineAndDoesEverythingElse() throws Exception {
    // Given
    postgres.execute("postgres", withheld("pg_current_wal_lsn", "55000"));
    try (var session = engine(1).open(server())) {
      // When
      var identity = session.identity();

      // Then
      assertThat(identity.timeline()).isEmpty();
      assertThat(identity.role()).isEqualTo(Identity.Role.Primary);
      assertThat(session.identity()).isEqualTo(identity);
      assertThat(findings()).contains(Finding.Id.TimelineWithheld);
      var at = open(Access.ReadWrite);
      ensure(want(at, LoginState.Locked));
      assertThat(session.sever(order(), at, Duration.ofSeconds(30)).left()).isZero();
    } finally {
      postgres.execute("postgres", restored("pg_current_wal_lsn"));
    }
    engine(1).keep(List.of());
    try (var session = engine(1).open(server())) {
      assertThat(session.identity().timeline()).isNotEmpty();
    }
    assertThat(findings()).doesNotContain(Finding.Id.TimelineWithheld);
  }

  private void runs(EngineException refused) throws SQLException {
    postgres.execute("postgres", refused.sentence().substring(refused.sentence().indexOf("GRANT")));
  }

  /// A built-in function is called by its number: another one takes its name.
  private static String withheld(String function, String state) {
    return """
    ALTER FUNCTION pg_catalog.%1$s() RENAME TO kept_%1$s;
    CREATE FUNCTION pg_catalog.%1$s() RETURNS pg_lsn LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'not supported here' USING ERRCODE = '%2$s'; END $$"""
        .formatted(function, state);
  }

  private static String restored(String function) {
    return "DROP FUNCTION pg_catalog.%1$s(); ALTER FUNCTION pg_catalog.kept_%1$s() RENAME TO %1$s"
        .formatted(function);
  }

  @Test
  void rolesThatTheAdministratorMayNoLongerChangeAreNamedWithTheirRepair() throws Exception {
    if (major < 16) return;
    // Given, as after an upgrade: nobody but a superuser made them
    var at = open(Access.ReadWrite);
    for (var role : List.of(at.login(), group("owner"), group("rw"), group("ro")))
      postgres.execute("postgres", "REVOKE \"%s\" FROM bs_admin CASCADE".formatted(role));
    anotherProcess();

    // When
    var refused =
        catchThrowableOfType(EngineException.class, () -> ensure(want(at, LoginState.Locked)));

    // Then
    assertThat(refused.reason()).isEqualTo(Reason.AdminTooWeak);
    try (var session = engine(1).open(server())) {
      assertThat(session.fenceable(order(), at).orElseThrow().reason())
          .isEqualTo(Reason.AdminTooWeak);
    }

    // When a superuser runs what is said
    runs(refused);
    ensure(want(at, LoginState.Locked));
    var groups =
        catchThrowableOfType(
            EngineException.class, () -> ensure(want(slotB(Access.Owner, 2), LoginState.Active)));
    runs(groups);
    ensure(want(slotB(Access.Owner, 2), LoginState.Active));

    // Then
    letIn(slotB(Access.Owner, 2));
  }
}
