package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backingservice.engine.Entry;
import dev.backingservice.engine.Order;
import dev.backingservice.engine.postgresql.Copied;
import dev.backingservice.engine.postgresql.PostgresEngine;
import dev.backingservice.model.Access;
import dev.backingservice.model.Attachment;
import dev.backingservice.model.Intent.Limits;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Place;
import dev.backingservice.model.Scope;
import dev.backingservice.model.Standing.Holds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("PostgreSQL 18") // one method after another
class Postgres18IT extends EscapesContract {
  private static final int MANY = 4_000;
  private static final int RELATIONS = 30_000;

  /// More than 64 for each of 400 connections.
  private static final int LOCKS = 60_000;

  /// A transaction holds one lock of each.
  private static final int STEP = 1_000;

  private static final String OPEN =
      "SELECT count(*) FROM pg_roles WHERE rolname LIKE '%%\\_%s\\_a' AND rolcanlogin";

  private static final String MEMBERS =
      "SELECT count(*) FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member WHERE u.rolname LIKE '%\\_many\\_a'";

  Postgres18IT() {
    super(18);
  }

  /// Nobody but its owner, or a superuser, can finish what a login prepared.
  @Test
  void aLoginThatNobodyCanLockLeavesNoOtherOneOpen() throws Exception {
    // Given
    postgres.execute("postgres", Copied.logins(KEY, "former", "few", 3).toArray(String[]::new));
    var blocked = "bs_000000000001_few_a";
    postgres.execute(
        "postgres",
        "ALTER ROLE %s PASSWORD 'x'".formatted(blocked),
        "GRANT CONNECT ON DATABASE %s TO %s".formatted(database(), blocked));
    try (var tenant = postgres.login(database(), blocked, "x");
        var statement = tenant.createStatement()) {
      tenant.setAutoCommit(false);
      statement.execute("ALTER ROLE CURRENT_USER PASSWORD 'y'");
      statement.execute("PREPARE TRANSACTION 'blocks'");
    }

    // When
    try (var session = engine(1).open(server())) {
      assertThatThrownBy(() -> session.lockStrangers(Set.of("blue"))).hasMessageContaining(blocked);
    }

    // Then
    assertThat(postgres.ask("postgres", OPEN.formatted("few"))).isEqualTo("1");
    postgres.execute(database(), "ROLLBACK PREPARED 'blocks'");
    postgres.execute(
        "postgres", "REVOKE CONNECT ON DATABASE %s FROM %s".formatted(database(), blocked));
    postgres.execute("postgres", Copied.gone("few", 3));
  }

  /// As a table with many partitions has: their names do not fit into one result.
  @Test
  void aSchemaOfManyThousandRelationsIsComparedAndGranted() throws Exception {
    // Given
    var create =
        "DO $$ BEGIN FOR i IN %d..%d LOOP EXECUTE format('CREATE VIEW many.%%I AS SELECT', repeat('x', 55) || i); END LOOP; END $$";
    postgres.execute(database(), "CREATE SCHEMA many AUTHORIZATION bs_admin");
    for (int i = 0; i < RELATIONS; i += STEP)
      postgres.execute(database(), "SET ROLE bs_admin", create.formatted(i, i + STEP - 1));
    var place = new Place("blue", new Scope.Schema(database(), "many"));

    // Then
    try (var session = engine(1).open(server())) {
      assertThat(session.inventory(order().at(place)).orElseThrow().size()).isEqualTo(RELATIONS);
    }

    // When
    var at = new Attachment(place, "", KEY.logins(service).a(), Access.ReadWrite, 1);
    var order = order().at(place);
    long began = System.nanoTime();
    try (var session = engine(1).open(server())) {
      session.ensure(order, List.of(want(at, LoginState.Active)));
    }

    // Then
    System.out.printf(
        "granted %,d relations in %d ms%n", RELATIONS, (System.nanoTime() - began) / 1_000_000);
    assertThat(engine(1).inspect(server(), order, credential(at))).isInstanceOf(Entry.LetIn.class);
  }

  @Test
  void whatStandsInTheTemplateOfEverybodyIsNotInADatabaseThatWeMake() throws Exception {
    // Given
    postgres.execute("template1", "CREATE TABLE trap ()");
    var made = new Place("blue", new Scope.Schema(database() + "_made", "public"));
    var order = new Order(service, "namespace-uid", made, new Limits(20, Duration.ZERO), Set.of());

    // When
    try (var session = engine(1).open(server())) {
      session.createMissing(order);
    }

    // Then
    postgres.execute("template1", "DROP TABLE trap");
    assertThat(
            postgres.ask(
                database() + "_made", "SELECT count(*) FROM pg_class WHERE relname = 'trap'"))
        .isEqualTo("0");
  }

  @Test
  void aCopyOfAServerWithFourThousandLoginsLetsNoneOfThemIn() throws Exception {
    // Given
    postgres.execute("postgres", "CREATE ROLE bs_foreign_many_a LOGIN");
    postgres.execute("postgres", Copied.logins(KEY, "former", "many", MANY).toArray(String[]::new));
    assertThat(postgres.ask("postgres", OPEN.formatted("many"))).isEqualTo("" + (MANY + 1));

    // When
    long began = System.nanoTime();
    try (var session = engine(1).open(server())) {
      assertThat(session.lockStrangers(Set.of("blue"))).isEqualTo(MANY);
    }

    // Then
    System.out.printf(
        "locked %,d logins in %d ms%n", MANY, (System.nanoTime() - began) / 1_000_000);
    assertThat(postgres.ask("postgres", OPEN.formatted("many")))
        .as("what is not ours stays")
        .isEqualTo("1");
    assertThat(postgres.ask("postgres", MEMBERS)).isEqualTo("0");
    postgres.execute("postgres", Copied.gone("many", MANY));
  }

  /// A server with a thousand services is looked at a thousand times.
  @Test
  void aLookAtOneLoginGoesThroughTheOthersOnceAtMost() throws Exception {
    // Given
    postgres.execute(
        "postgres", Copied.logins(KEY, "former", "looked", 300).toArray(String[]::new));

    // When
    var plan = postgres.ask("postgres", Copied.plan("looked"));

    // Then
    assertThat(Pattern.compile("\"Actual Loops\": (\\d+)").matcher(plan).results())
        .isNotEmpty()
        .allSatisfy(step -> assertThat(Integer.parseInt(step.group(1))).as(plan).isLessThan(10));
    postgres.execute("postgres", Copied.gone("looked", 300));
  }

  /// What the administrator has open is older than a minute by then, and cannot be made anew.
  @Test
  void aLoginThatTakesEveryConnectionKeepsNoFenceOff() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    var now = new AtomicLong();
    var aged = new PostgresEngine(KEY, new FixedTerm(1), 4, now::get);
    postgres.execute("postgres", "ALTER ROLE \"%s\" CONNECTION LIMIT -1".formatted(at.login()));
    var sessions = new ArrayList<Connection>();
    try {
      aged.open(server()).close();
      assertThatThrownBy(
              () -> {
                while (true) sessions.add(session(at));
              })
          .isInstanceOf(SQLException.class);
      now.set(Duration.ofMinutes(2).toNanos());
      sessions.getFirst().setAutoCommit(false);
      sessions
          .getFirst()
          .createStatement()
          .execute("ALTER ROLE CURRENT_USER SET work_mem = '64kB'");

      // Then
      assertThat(knock(at)).isInstanceOf(Entry.Crowded.class);

      // When
      try (var session = aged.open(server())) {
        session.ensure(order(), List.of(want(at, LoginState.Locked)));
        assertThat(session.sever(order(), at, Duration.ofSeconds(30)).done()).isTrue();
      }

      // Then
      assertThat(sessions.getLast().isValid(2)).isFalse();
    } finally {
      for (var session : sessions) session.close();
      aged.keep(List.of());
    }
  }

  /// One statement hands all of them over, and takes a lock for each.
  @Test
  void aLoginThatOwnsMoreRelationsThanTheServerHasLocksKeepsNobodyWaiting() throws Exception {
    // Given
    var at = open(Access.Owner);
    var create =
        "DO $$ BEGIN FOR i IN %d..%d LOOP EXECUTE format('CREATE VIEW locks.%%I AS SELECT', 'v' || i); END LOOP; END $$";
    postgres.execute(database(), "CREATE SCHEMA locks", "GRANT ALL ON SCHEMA locks TO PUBLIC");
    try (var tenant = session(at);
        var statement = tenant.createStatement()) {
      statement.execute("SET ROLE NONE");
      for (int i = 0; i < LOCKS; i += STEP) statement.execute(create.formatted(i, i + STEP - 1));
    }

    // When
    ensure(want(at, LoginState.Absent));

    // Then
    assertThat(holds(at)).isIn(Holds.Absent, Holds.Locked);
  }
}
