package dev.backingservice.engine.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backingservice.model.Sensitive;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;

class ScramTest {
  /// The example of RFC 7677, section 3: user `user`, password `pencil`.
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

  @Test
  void aVerifierIsThatOfTheStandard() {
    assertThat(Scram.verifier(new Sensitive("pencil"), SALT))
        .isEqualTo(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  }

  @Test
  void driversFindTheKeyThatTheVerifierWasMadeFrom() throws Exception {
    Scram.verifier(new Sensitive("pencil"), SALT);

    assertThat(salted("pencil", SALT, 4096)).isSameAs(salted("pencil", SALT, 4096));
    assertThat(salted("pencil", SALT, 4096).getEncoded()).isEqualTo(platform("pencil", SALT, 4096));
  }

  @Test
  void anotherPasswordSaltOrCountIsAnotherKey() throws Exception {
    var other = SALT.clone();
    other[0]++;
    assertThat(salted("pencil", SALT, 4096).getEncoded())
        .isNotEqualTo(salted("pencil2", SALT, 4096).getEncoded())
        .isNotEqualTo(salted("pencil", other, 4096).getEncoded())
        .isNotEqualTo(salted("pencil", SALT, 4097).getEncoded());
  }

  private static javax.crypto.SecretKey salted(String password, byte[] salt, int rounds)
      throws Exception {
    var spec = new PBEKeySpec(password.toCharArray(), salt, rounds, 256);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec);
  }

  private static byte[] platform(String password, byte[] salt, int rounds) throws Exception {
    var spec = new PBEKeySpec(password.toCharArray(), salt, rounds, 256);
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256", "SunJCE")
        .generateSecret(spec)
        .getEncoded();
  }
}
