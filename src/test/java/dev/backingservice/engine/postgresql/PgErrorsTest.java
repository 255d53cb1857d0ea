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

/// What guards passwords elsewhere, and what poolers say, in the words of their documentation or
/// source.
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
    "08P01, 'FATAL: no such user', true, false, false",
    "08P01, 'FATAL: SASL authentication failed', true, false, false",
    "08P01, 'FATAL: server login has been failing, try again later (server_login_retry)', false, false, false",
    "08P01, 'FATAL: no more connections allowed (max_client_conn)', true, true, false",
    "08P01, 'FATAL: server login has been failing, cached error: FATAL: role \"x\" is not permitted to log in (server_login_retry)', true, false, true",
    "08P01, 'FATAL: server login has been failing, cached error: connect failed (server_login_retry)', false, false, false",
    "57P03, 'FATAL: no such user', false, false, false",
  })
  void aPoolerIsUnderstoodByItsWords(
      String state, String said, boolean aboutTheLogin, boolean full, boolean locked) {
    var e = new SQLException(said, state);

    assertThat(PgErrors.aboutTheLogin(e)).isEqualTo(aboutTheLogin);
    assertThat(PoolerErrors.full(e)).isEqualTo(full);
    assertThat(PoolerErrors.locked(e)).isEqualTo(locked);
  }

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
