package dev.backingservice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.postgresql.Copied;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class Postgres18IT extends PostgresContract {
  private static final int MANY = 4_000;
  private static final String OPEN =
      "SELECT count(*) FROM pg_roles WHERE rolname LIKE '%\\_many\\_a' AND rolcanlogin";

  Postgres18IT() {
    super(18);
  }

  @Test
  void aCopyOfAServerWithFourThousandLoginsLetsNoneOfThemIn() throws Exception {
    // Given
    var logins =
        new ArrayList<>(List.of("CREATE ROLE bs_foreign_many_a LOGIN", "SET ROLE bs_admin"));
    logins.addAll(Copied.logins(KEY, "former", MANY));
    postgres.execute("postgres", logins.toArray(String[]::new));
    assertThat(postgres.ask("postgres", OPEN)).isEqualTo("" + (MANY + 1));

    // When
    long began = System.nanoTime();
    try (var session = engine(1).open(server())) {
      assertThat(session.lockStrangers(Set.of("blue"))).isEqualTo(MANY);
    }

    // Then
    System.out.printf(
        "locked %,d logins in %d ms%n", MANY, (System.nanoTime() - began) / 1_000_000);
    assertThat(postgres.ask("postgres", OPEN)).as("what is not ours stays").isEqualTo("1");
  }
}
