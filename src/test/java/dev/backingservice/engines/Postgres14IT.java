package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Access;
import dev.backingservice.model.LoginState;
import dev.backingservice.model.Reason;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("PostgreSQL 14") // one method after another
class Postgres14IT extends EscapesContract {
  Postgres14IT() {
    super(14);
  }

  /// Memberships have no options of their own before 16: whoever inherits may also SET ROLE.
  @Test
  void whatAWriterPreparedAsItsGroupStandsInTheWayOfAFence() throws Exception {
    // Given
    var at = open(Access.ReadWrite);
    try (var tenant = session(at)) {
      prepared(tenant, group("rw"), database());
    }

    // Then
    try (var session = engine(1).open(server())) {
      assertThat(session.fenceable(order(), at).orElseThrow().reason())
          .isEqualTo(Reason.PreparedTransactions);
      assertThat(session.fenceable(order(), at.with(Access.ReadOnly)))
          .as("a reader could not have acted as those who write")
          .isEmpty();
      ensure(want(at, LoginState.Locked));
      assertThat(session.sever(order(), at, Duration.ofMillis(300)).prepared()).isOne();
    }
    postgres.execute(database(), "ROLLBACK PREPARED '%s'".formatted(database()));
  }

  private static void prepared(Connection tenant, String role, String name) throws Exception {
    tenant.setAutoCommit(false);
    try (var statement = tenant.createStatement()) {
      statement.execute("SET ROLE \"%s\"".formatted(role));
      statement.execute("INSERT INTO writes DEFAULT VALUES");
      statement.execute("PREPARE TRANSACTION '%s'".formatted(name));
    }
  }
}
