package dev.backingservice.engine.rabbitmq;

import dev.backingservice.model.Sensitive;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// What a broker keeps of a password (RabbitMQ documentation, "Passwords"): a salt of 4 bytes and
/// SHA-256 of salt and password, in base64.
final class Passwords {
  static final String ALGORITHM = "rabbit_password_hashing_sha256";

  /// What is written for an account that no password lets in.
  static final String NONE = "";

  private static final int SALT = 4;

  private Passwords() {}

  /// @param salt at least 4 bytes
  static String hash(Sensitive password, byte[] salt) {
    var digest = sha256();
    digest.update(salt, 0, SALT);
    var hash = digest.digest(password.reveal().getBytes(StandardCharsets.UTF_8));
    var all = Arrays.copyOf(Arrays.copyOf(salt, SALT), SALT + hash.length);
    System.arraycopy(hash, 0, all, SALT, hash.length);
    return Base64.getEncoder().encodeToString(all);
  }

  /// Whether a hash is that of a password.
  static boolean matches(String hash, Sensitive password) {
    try {
      var all = Base64.getDecoder().decode(hash);
      return all.length > SALT && hash.equals(hash(password, all));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
