package dev.backingservice.engine.mysql;

import dev.backingservice.model.Sensitive;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// What a server keeps of a password, computed here: in the binary log of MariaDB a password would
/// stand in clear.
final class Verifiers {
  private static final String ALPHABET =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /// 5,000 rounds: the least that the server takes. The passwords are random.
  private static final int ROUNDS = 5000;

  private static final String PREFIX = "$A$005$";
  private static final int SALT = 20;
  private static final int BLOCK = 32;

  /// The order in which SHA-crypt writes the bytes of its digest, three at a time.
  private static final int[][] ORDER = {
    {0, 10, 20}, {21, 1, 11}, {12, 22, 2}, {3, 13, 23}, {24, 4, 14},
    {15, 25, 5}, {6, 16, 26}, {27, 7, 17}, {18, 28, 8}, {9, 19, 29}
  };

  private Verifiers() {}

  /// `*` and SHA-1 of SHA-1 in hex (MariaDB manual, "Authentication Plugin -
  /// mysql_native_password").
  static String nativePassword(Sensitive password) {
    var sha1 = digest("SHA-1");
    var once = sha1.digest(password.reveal().getBytes(StandardCharsets.UTF_8));
    return "*" + HexFormat.of().withUpperCase().formatHex(sha1.digest(once));
  }

  /// `$A$005$`, a salt of 20 bytes and SHA-crypt with SHA-256 (U. Drepper, "Unix crypt using
  /// SHA-256 and SHA-512") in hex.
  ///
  /// @param seed of the salt
  static String cachingSha2(Sensitive password, byte[] seed) {
    var salt = salt(seed);
    var text = new ByteArrayOutputStream();
    text.writeBytes(PREFIX.getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(salt);
    text.writeBytes(crypt(password.reveal().getBytes(StandardCharsets.UTF_8), salt));
    return HexFormat.of().formatHex(text.toByteArray());
  }

  /// Bytes that the server takes for a salt: letters and digits.
  private static byte[] salt(byte[] seed) {
    var hash = digest("SHA-256").digest(seed);
    var salt = new byte[SALT];
    for (int i = 0; i < SALT; i++) salt[i] = (byte) ALPHABET.charAt(hash[i] & 63);
    return salt;
  }

  private static byte[] crypt(byte[] password, byte[] salt) {
    var sha = digest("SHA-256");
    var b = hash(sha, password, salt, password);
    sha.update(password);
    sha.update(salt);
    for (int left = password.length; left > 0; left -= BLOCK)
      sha.update(b, 0, Math.min(left, BLOCK));
    for (int bits = password.length; bits > 0; bits >>= 1)
      sha.update((bits & 1) == 1 ? b : password);
    var digest = sha.digest();

    for (int i = 0; i < password.length; i++) sha.update(password);
    var p = repeated(sha.digest(), password.length);
    for (int i = 0; i < 16 + (digest[0] & 0xff); i++) sha.update(salt);
    var s = repeated(sha.digest(), salt.length);

    for (int round = 0; round < ROUNDS; round++) {
      sha.update((round & 1) == 1 ? p : digest);
      if (round % 3 != 0) sha.update(s);
      if (round % 7 != 0) sha.update(p);
      sha.update((round & 1) == 1 ? digest : p);
      digest = sha.digest();
    }
    return written(digest);
  }

  private static byte[] hash(MessageDigest sha, byte[]... parts) {
    for (var part : parts) sha.update(part);
    return sha.digest();
  }

  private static byte[] repeated(byte[] digest, int length) {
    var bytes = new byte[length];
    for (int at = 0; at < length; at += BLOCK)
      System.arraycopy(digest, 0, bytes, at, Math.min(BLOCK, length - at));
    return bytes;
  }

  private static byte[] written(byte[] digest) {
    var text = new StringBuilder();
    for (var three : ORDER)
      sextets(
          text,
          (digest[three[0]] & 0xff) << 16
              | (digest[three[1]] & 0xff) << 8
              | (digest[three[2]] & 0xff),
          4);
    sextets(text, (digest[31] & 0xff) << 8 | (digest[30] & 0xff), 3);
    Arrays.fill(digest, (byte) 0);
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void sextets(StringBuilder text, int bits, int count) {
    for (int i = 0; i < count; i++) text.append(ALPHABET.charAt(bits >> (6 * i) & 63));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
