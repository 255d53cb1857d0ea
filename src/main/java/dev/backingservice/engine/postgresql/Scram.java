package dev.backingservice.engine.postgresql;

import dev.backingservice.model.Sensitive;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// SCRAM-SHA-256 verifiers (RFC 5803) as PostgreSQL stores them, so that a server never sees a
/// password.
final class Scram {
  /// PostgreSQL's own default (`scram_iterations`); derived passwords have 256 bits, more gains
  /// nothing.
  static final int ITERATIONS = 4096;

  static {
    SaltedPasswords.install();
  }

  private Scram() {}

  /// `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`. Passwords are ASCII, so
  /// SASLprep changes nothing.
  static String verifier(Sensitive password, byte[] salt) {
    try {
      var spec = new PBEKeySpec(password.reveal().toCharArray(), salt, ITERATIONS, 256);
      var salted =
          SecretKeyFactory.getInstance(SaltedPasswords.ALGORITHM).generateSecret(spec).getEncoded();
      var stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
      return "SCRAM-SHA-256$%d:%s$%s:%s"
          .formatted(ITERATIONS, base64(salt), base64(stored), base64(hmac(salted, "Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has PBKDF2 with HmacSHA256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
