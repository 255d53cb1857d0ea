package dev.backingservice.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.engine.Server;
import dev.backingservice.model.Endpoint;
import dev.backingservice.model.Reason;
import dev.backingservice.model.Sensitive;
import dev.backingservice.model.Trust;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What guards passwords elsewhere, in the words of its documentation or source.
class PgErrorsTest {
  private static final Endpoint SOMEWHERE = new Endpoint("blue.example", 5432);
  private static final Server SERVER =
      new Server(
          "blue",
          "uid",
          SOMEWHERE,
          SOMEWHERE,
          "postgres",
          "bs_login",
          new Sensitive("x"),
          new Trust(Trust.Mode.VerifyFull, "", false),
          Server.ClientCertificate.Offered);

  @ParameterizedTest
  @CsvSource({
    "42501, must be a member of rds_password to alter passwords, GRANT rds_password",
    "28000, password type is not a plain text, credcheck.encrypted_password_allowed = on",
    "XX000, password type is not a plain text, credcheck.encrypted_password_allowed = on"
  })
  void whatGuardsPasswordsIsToldWithItsCure(String state, String said, String cure) {
    var failure = PgErrors.running(new SQLException(said, state), SERVER);

    assertThat(failure.reason()).isEqualTo(Reason.AdminTooWeak);
    assertThat(failure.sentence()).contains(said, cure);
  }
}
